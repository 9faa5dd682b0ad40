import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_models.manifests import TaggingCalibration
from stayrank_models.rejection import known_score, rejected

rows = st.lists(st.lists(st.floats(1e-3, 1), min_size=3, max_size=3), min_size=1, max_size=20).map(
    lambda odds: np.array([np.array(row) / sum(row) for row in odds])
)


@given(rows)
def test_what_is_missing_to_1_is_the_probability_of_none_of_the_areas(p):
    assert known_score(p, labels=2) == pytest.approx(1 - p[:, 2])


@given(rows)
def test_without_an_output_for_it_the_surest_area_counts(p):
    assert (known_score(p, labels=3) == p.max(axis=1)).all()


@given(rows, st.floats(0, 1), st.floats(0, 1))
def test_a_higher_threshold_never_accepts_what_a_lower_one_rejects(p, one, other):
    low, high = sorted((one, other))

    lenient = rejected(p, ("bed", "bath"), TaggingCalibration(threshold=low))
    strict = rejected(p, ("bed", "bath"), TaggingCalibration(threshold=high))

    assert (strict | ~lenient).all()


def test_a_tags_own_threshold_counts_for_photos_of_that_tag_alone():
    p = np.array([[0.6, 0.1, 0.3], [0.1, 0.6, 0.3]])
    calibration = TaggingCalibration(threshold=0.5, thresholds={"bath": 0.9})

    assert rejected(p, ("bed", "bath"), calibration).tolist() == [False, True]
