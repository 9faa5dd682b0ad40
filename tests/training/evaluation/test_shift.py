import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_common.errors import DatasetError, UndecodablePhotoError
from stayrank_common.schemas import (
    AestheticResult,
    ErrorBody,
    ModelInfo,
    PhotoFailure,
    TagProbability,
    TagResult,
)
from stayrank_training.evaluation.shift import score_shift, tag_shift

OLD = ModelInfo(name="m", version="1.0.0", sha256="a" * 64)
NEW = ModelInfo(name="m", version="1.1.0", sha256="b" * 64)


def rated(*means: float) -> list[AestheticResult]:
    return [
        AestheticResult(
            id=str(n), mean=mean, std=1, distribution=[0.1] * 10, percentile=50, warnings=[]
        )
        for n, mean in enumerate(means)
    ]


def tagged(*tags: dict[str, float], rejected: tuple[int, ...] = ()) -> list[TagResult]:
    return [
        TagResult(
            id=str(n),
            top_tag=max(row, key=row.get),
            rejected=n in rejected,
            tags=[TagProbability(tag=tag, probability=p) for tag, p in row.items()],
            warnings=[],
        )
        for n, row in enumerate(tags)
    ]


def failure(photo_id: str) -> PhotoFailure:
    return PhotoFailure(id=photo_id, error=ErrorBody.of(UndecodablePhotoError("broken")))


scores = st.lists(st.integers(100, 900), min_size=2, max_size=20, unique=True).map(
    lambda hundredths: [score / 100 for score in hundredths]
)


@given(scores, st.floats(0, 1))
def test_a_shift_by_a_constant_is_found_and_keeps_the_order(before, by):
    after = [score + by for score in before]

    shift = score_shift((OLD, rated(*before)), (NEW, rated(*after)))

    assert shift.mean_difference == pytest.approx(by)
    assert all(value == pytest.approx(by, abs=1e-9) for value in shift.quantiles.values())
    assert shift.largest_absolute_difference == pytest.approx(by)
    assert shift.mean_after - shift.mean_before == pytest.approx(by)


@given(scores)
def test_the_opposite_order_has_a_rank_correlation_of_minus_1(before):
    shift = score_shift((OLD, rated(*before)), (NEW, rated(*(10 - score for score in before))))

    assert shift.srcc == pytest.approx(-1)


def test_photos_are_named_from_the_one_that_moves_most():
    shift = score_shift((OLD, rated(5, 5, 5)), (NEW, rated(5.1, 3, 6)))

    assert [(photo.file, photo.before, photo.after) for photo in shift.scores] == [
        ("1", 5, 3),
        ("2", 5, 6),
        ("0", 5, 5.1),
    ]
    assert shift.srcc is None  # all equal before: there is no order to keep


def test_a_photo_that_one_of_them_cannot_use_counts_in_no_figure():
    before, after = rated(5, 6, 7), rated(5, 6, 7)
    before[0], after[1] = failure("0"), failure("1")

    shift = score_shift((OLD, before), (NEW, after))

    assert shift.photos == 1
    assert [(photo.file, photo.reason) for photo in shift.dropped] == [
        ("0", "broken"),
        ("1", "broken"),
    ]


def test_without_a_photo_that_both_can_use_there_is_nothing_to_compare():
    with pytest.raises(DatasetError, match="no photo"):
        score_shift((OLD, [failure("0")]), (NEW, rated(5)))


def test_tags_that_change_are_counted_by_what_they_were_and_become():
    before = tagged({"foyer": 0.9, "bedroom": 0.1}, {"foyer": 0.8, "bedroom": 0.2}, {"bedroom": 1})
    after = tagged({"bedroom": 0.7, "foyer": 0.3}, {"bedroom": 1}, {"bedroom": 1}, rejected=(0,))

    shift = tag_shift((OLD, before), (NEW, after))

    assert shift.agreement == pytest.approx(1 / 3)
    assert [(c.before, c.after, c.files) for c in shift.changes] == [
        ("foyer", "bedroom", ["0", "1"])
    ]
    assert (shift.rejected_before, shift.rejected_after) == (0, pytest.approx(1 / 3))
    assert shift.rejection_agreement == pytest.approx(2 / 3)
    assert shift.shares["foyer"] == (pytest.approx(2 / 3), 0)
    assert shift.distance == pytest.approx((0.6 + 0.8 + 0) / 3)


rows = st.lists(st.floats(0.01, 1), min_size=3, max_size=3).map(
    lambda odds: dict(
        zip(("a", "b", "c"), (np.array(odds) / (sum(odds) + 0.1)).tolist(), strict=True)
    )
)


@given(st.lists(st.tuples(rows, rows), min_size=1, max_size=8))
def test_the_distance_of_probabilities_is_0_to_itself_and_at_most_1(pairs):
    before, after = (tagged(*side) for side in zip(*pairs, strict=True))

    assert tag_shift((OLD, before), (NEW, before)).distance == 0
    assert 0 <= tag_shift((OLD, before), (NEW, after)).distance <= 1


def test_an_area_that_only_one_of_them_knows_is_compared_too():
    shift = tag_shift((OLD, tagged({"foyer": 1.0})), (NEW, tagged({"reception": 1.0})))

    assert shift.distance == 1
    assert shift.shares == {"foyer": (1, 0), "reception": (0, 1)}
