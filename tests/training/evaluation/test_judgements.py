from pathlib import Path

import numpy as np
import pytest

from stayrank_common.errors import DatasetError, UndecodablePhotoError
from stayrank_common.schemas import (
    AestheticResult,
    ErrorBody,
    PhotoFailure,
    TagProbability,
    TagResult,
)
from stayrank_training.data.photos import TaggedPhoto
from stayrank_training.evaluation.judgements import UNRELATED, judge_ratings, judge_tags

BROKEN = PhotoFailure(id="x", error=ErrorBody.of(UndecodablePhotoError("no picture")))


def _photo(name, tag):
    return TaggedPhoto(Path(name), name, tag, "test")


def _says(**probabilities):
    ordered = sorted(probabilities.items(), key=lambda item: -item[1])
    tags = [TagProbability(tag=tag, probability=p) for tag, p in ordered]
    return TagResult(id="x", top_tag=tags[0].tag, rejected=False, tags=tags, warnings=[])


def _rates(rating):
    row = [float(k == rating) for k in range(1, 11)]
    return AestheticResult(id="x", mean=rating, std=0, distribution=row, percentile=0, warnings=[])


def test_answers_come_back_in_the_order_of_the_labels():
    judged, dropped = judge_tags(
        [_photo("a", "bar"), _photo("b", "spa")],
        [_says(spa=0.9, bar=0.1), _says(bar=0.2, spa=0.8)],
        ["bar", "spa"],
        unrelated=False,
    )

    assert judged.probabilities == pytest.approx(np.array([[0.1, 0.9], [0.2, 0.8]]))
    assert judged.truth.tolist() == [0, 1]
    assert judged.predicted.tolist() == [1, 1]
    assert not dropped


def test_a_photo_that_cannot_be_read_is_dropped_with_its_reason_and_shifts_no_other():
    judged, dropped = judge_tags(
        [_photo("a", "spa"), _photo("b", "bar"), _photo("c", "zoo")],
        [BROKEN, _says(bar=0.7, spa=0.3), _says(bar=0.6, spa=0.4)],
        ["bar", "spa"],
        unrelated=False,
    )

    assert [photo.file for photo in judged.photos] == ["b", "c"]
    assert judged.truth.tolist() == [0, UNRELATED]
    assert [(entry.file, entry.reason) for entry in dropped] == [("a", "no picture")]


def test_a_probability_that_was_rounded_to_nothing_does_not_cost_everything():
    judged, _ = judge_tags(
        [_photo("a", "bar")], [_says(spa=1.0, bar=0.0)], ["bar", "spa"], unrelated=False
    )

    assert 0 < judged.probabilities[0, 0] < 1e-6
    assert judged.probabilities.sum() == pytest.approx(1)


@pytest.mark.parametrize(("unrelated", "known"), [(True, [0.6, 0.95]), (False, [0.55, 0.5])])
def test_how_sure_it_is_of_any_class_is_what_the_threshold_judges(unrelated, known):
    judged, _ = judge_tags(
        [_photo("a", "zoo"), _photo("b", "bar")],
        [_says(bar=0.55, spa=0.05), _says(bar=0.5, spa=0.45)],
        ["bar", "spa"],
        unrelated=unrelated,
    )

    assert judged.known == pytest.approx(known)
    assert judged.probabilities.sum(axis=1) == pytest.approx(1)


def test_photos_of_nothing_but_unknown_classes_are_refused():
    with pytest.raises(DatasetError, match="bar, spa"):
        judge_tags([_photo("a", "zoo")], [_says(bar=0.7, spa=0.3)], ["bar", "spa"], unrelated=False)


def test_ratings_keep_their_photos_tags_and_hotels():
    folder = Path("data")
    votes = {folder / name: np.eye(10)[i] for i, name in enumerate(("a", "b", "c"))}
    known = {folder / "c": TaggedPhoto(folder / "c", "c", "spa", "test", hotel="h")}

    judged, dropped = judge_ratings(votes, [_rates(4), BROKEN, _rates(6)], known, folder)

    assert (judged.files, judged.tags, judged.hotels) == (["a", "c"], ["", "spa"], ["", "h"])
    assert judged.error.tolist() == [3, 3]
    assert dropped[0].file == "b"


def test_one_rated_photo_is_too_few():
    with pytest.raises(DatasetError, match="two rated photos"):
        judge_ratings({Path("a"): np.eye(10)[0]}, [_rates(4)], {}, Path())
