import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_common.tags import TAGS
from stayrank_gallery.curation import area_percentiles
from stayrank_gallery.curation.area_percentiles import area_percentile

TABLES = json.loads(area_percentiles._FILE.read_text())


@pytest.fixture(scope="module")
def percentile(shot, scores_of):
    def of(**facts) -> float | None:
        scores = scores_of([shot("a", **facts)])
        return area_percentile(scores.tags.results[0], scores.aesthetics.results[0])

    return of


def test_every_area_has_101_ascending_mean_scores():
    assert set(TABLES) == set(TAGS)
    for table in TABLES.values():
        assert len(table) == 101
        assert table == sorted(table)
        assert 1 <= table[0] <= table[-1] <= 10


@pytest.mark.parametrize("percent", [10, 50, 90])
@pytest.mark.parametrize("tag", ["bathroom", "exterior"])
def test_a_score_that_is_a_percentile_of_its_area_has_it(percentile, tag, percent):
    assert percentile(tag=tag, mean=TABLES[tag][percent]) == percent


def test_below_and_above_all_training_photos_it_is_0_and_100(percentile):
    assert (percentile(mean=1.0), percentile(mean=10.0)) == (0, 100)


@given(st.floats(1, 10), st.floats(1, 10))
def test_a_higher_score_never_has_a_lower_percentile(percentile, mean, other):
    low, high = sorted([mean, other])

    assert 0 <= percentile(mean=low) <= percentile(mean=high) <= 100


def test_a_bathroom_is_judged_among_bathrooms():
    """Bathrooms score lower than rooms with a view: the same score is worth more."""
    assert np.median(TABLES["bathroom"]) < np.median(TABLES["bedroom"])


def test_without_a_known_area_there_is_none(percentile, monkeypatch):
    assert percentile(rejected=True) is None
    monkeypatch.setattr(area_percentiles, "_tables", dict)
    assert percentile() is None
