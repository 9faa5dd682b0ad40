import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_common.errors import OptionError
from stayrank_common.tags import TAGS
from stayrank_gallery.curation import area_percentiles
from stayrank_gallery.curation.area_percentiles import area_percentile, tables_for
from stayrank_models.artifacts import DEFAULT_AESTHETIC, WEIGHTS, find

FILE = json.loads(area_percentiles._FILE.read_text())
TABLES = FILE["areas"]


@pytest.fixture(scope="module")
def percentile(shot, scores_of):
    def of(**facts) -> float | None:
        scores = scores_of([shot("a", **facts)])
        tables = tables_for(scores.aesthetics.model)
        return area_percentile(tables, scores.tags.results[0], scores.aesthetics.results[0])

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


def test_without_a_known_area_there_is_none(percentile):
    assert percentile(rejected=True) is None
    assert percentile(tag="ballroom") is None


def test_the_tables_are_those_of_the_shipped_model():
    """A model of other weights needs others: `stayrank models area-percentiles`."""
    artifact = find(DEFAULT_AESTHETIC)

    assert tables_for(artifact.info, needed=True).keys() == set(TAGS)
    assert FILE["model"] == {
        "name": artifact.info.name,
        "version": artifact.info.version,
        "weights_sha256": artifact.manifest.files[WEIGHTS],
    }


@pytest.mark.parametrize("change", [{"version": "1.2.1"}, {"name": "mine"}])
def test_scores_by_another_model_are_compared_with_nothing(scores_of, shot, change):
    model = scores_of([shot("a")]).aesthetics.model.model_copy(update=change)

    assert not tables_for(model)
    with pytest.raises(OptionError, match=f"nima-mobilenet 1.2.0, not .* {model.version}"):
        tables_for(model, needed=True)


def test_a_graph_that_was_made_anew_is_of_the_same_model(scores_of, shot):
    model = scores_of([shot("a")]).aesthetics.model

    assert tables_for(model.model_copy(update={"sha256": "c" * 64})) is tables_for(model)
