"""With engines that are no models: what is counted, dropped and compared."""

from dataclasses import replace

import numpy as np
import pytest

from stayrank_common.errors import DatasetError
from stayrank_common.tags import TAGS
from stayrank_models.engines import FakeEngine, fake_artifact
from stayrank_models.predictors import AestheticPredictor, TagPredictor
from stayrank_training.data.photos import read_photos
from stayrank_training.data.votes import read_votes
from stayrank_training.evaluation.served import evaluate_aesthetic, evaluate_tagger


def _no_progress(items, total, what):
    return iter(items)


@pytest.fixture
def photos(dataset):
    return read_photos(dataset / "tagging")


@pytest.fixture
def tagger(tmp_path):
    return TagPredictor(fake_artifact(tmp_path, "tagging"), FakeEngine(len(TAGS)))


@pytest.fixture
def nima(tmp_path):
    return AestheticPredictor(fake_artifact(tmp_path, "aesthetics"), FakeEngine(10))


def _tagger_report(tagger, photos, split="test"):
    return evaluate_tagger(tagger, photos, _no_progress, data="d", split=split, shown=5)


def test_a_tagger_is_judged_on_one_split_and_on_what_it_answers(tagger, photos):
    report = _tagger_report(tagger, photos)

    assert report.photos == len(TAGS)
    assert report.unrelated.photos == 1
    assert sum(map(sum, report.confusion.counts)) == len(TAGS)
    right = sum(report.confusion.counts[i][i] for i in range(len(TAGS)))
    assert report.figures[0].name == "top1"
    assert report.figures[0].value == pytest.approx(right / len(TAGS))
    assert len(report.mistakes) == min(5, len(TAGS) - right)
    assert _tagger_report(tagger, photos, "train").hotels == 5


def test_a_broken_photo_is_named_and_counts_in_no_figure(tagger, photos, tmp_path):
    broken = tmp_path / "broken.jpg"
    broken.write_text("no picture")
    tests = [photo for photo in photos if photo.split == "test"]
    spoilt = [replace(tests[0], path=broken), *tests[1:]]

    report = _tagger_report(tagger, spoilt)

    assert [entry.file for entry in report.dropped] == [tests[0].file]
    assert report.photos + report.unrelated.photos == len(tests) - 1


def test_an_empty_split_is_refused(tagger, photos):
    with pytest.raises(DatasetError, match="'val'"):
        _tagger_report(tagger, photos, "val")


def test_the_report_survives_json(tagger, photos):
    report = _tagger_report(tagger, photos)

    assert type(report).model_validate_json(report.model_dump_json()) == report


def _rated(nima, dataset, photos, **options):
    folder = dataset / "tagging"
    votes = read_votes(dataset / "aesthetics" / "labels_test.json", folder)
    return evaluate_aesthetic(
        nima, votes, photos, _no_progress, folder=folder, labels="l", shown=3, **options
    )


def test_a_nima_model_is_judged_beside_its_baselines(nima, dataset, photos):
    train = read_votes(dataset / "aesthetics" / "labels_train.json", dataset / "tagging")

    report, judged = _rated(nima, dataset, photos, baseline=nima, train_votes=train)

    assert report.photos == len(judged.files) == len(TAGS) + 1
    assert {row.tag for row in report.tags} == {*TAGS, "other"}
    assert sum(report.histogram.predicted) == report.photos
    assert report.constant == "the training labels"
    assert all(figure.gain in (0, None) for figure in report.figures)
    for row in report.robustness:
        assert 0 <= row.falls <= 1
        assert (row.falls, row.change) == (row.baseline_falls, row.baseline_change)
    assert type(report).model_validate_json(report.model_dump_json()) == report


def test_degraded_copies_are_scored_by_the_model_itself(nima, dataset, photos):
    report, judged = _rated(nima, dataset, photos)
    plain_colours = {row.name: row for row in report.robustness}

    assert abs(plain_colours["cropped"].change) < abs(plain_colours["darkened"].change)
    assert np.isfinite(judged.predicted).all()


def test_without_tags_the_photos_are_untagged(nima, dataset):
    report, _ = _rated(nima, dataset, [])

    assert [row.tag for row in report.tags] == ["unknown"]
    assert report.hotels == 0
    assert all(figure.hotel_interval is None for figure in report.figures)
