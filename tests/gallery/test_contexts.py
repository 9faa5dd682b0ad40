import pytest
from pydantic import ValidationError

from stayrank_common.tags import TAGS
from stayrank_gallery.contexts import Context, contexts
from stayrank_gallery.schemas import RankOptions

TABLES = contexts().contexts


def test_the_first_table_is_the_default_of_a_ranking():
    assert TABLES[0].name == RankOptions().context


@pytest.mark.parametrize("context", TABLES, ids=lambda context: context.name)
def test_tables_weigh_areas_of_the_default_taxonomy_and_no_two_have_one_name(context):
    assert set(context.weights) <= set(TAGS)
    assert [other.name for other in TABLES].count(context.name) == 1
    assert contexts()[context.name] is context


def test_an_area_that_is_not_named_weighs_one():
    context = Context.model_validate(
        {"name": "a", "title": "A", "weights": {"kitchen": {"weight": 0.5, "reason": "why not"}}}
    )

    assert context.of(["bedroom", "kitchen", "sauna"]) == [1.0, 0.5, 1.0]


@pytest.mark.parametrize(
    "weight",
    [
        {"weight": 1.5},
        {"weight": 1.5, "reason": ""},
        {"weight": -0.1, "reason": "x"},
        {"weight": float("nan"), "reason": "x"},
        {"weight": 1, "reason": "x", "more": 1},
    ],
)
def test_a_weight_without_a_reason_or_out_of_range_is_refused(weight):
    with pytest.raises(ValidationError):
        Context.model_validate({"name": "a", "title": "A", "weights": {"kitchen": weight}})


def test_an_unknown_context_is_refused_and_the_known_ones_are_named():
    with pytest.raises(ValidationError, match=r"no context 'pets'; there are: default, family"):
        RankOptions(context="pets")


def test_the_schema_of_the_option_names_the_tables():
    names = RankOptions.model_json_schema()["properties"]["context"]["enum"]

    assert names == [context.name for context in TABLES]
