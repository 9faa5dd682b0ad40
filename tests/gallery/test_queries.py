import pytest
from pydantic import ValidationError

from stayrank_common.errors import MalformedRequestError
from stayrank_gallery.queries import LISTS, RankCall, RankQuery
from stayrank_gallery.schemas import RankOptions


def test_every_option_can_be_a_query_parameter():
    assert set(RankQuery.model_fields) == set(RankOptions.model_fields)
    assert {name for name, value in RankOptions() if value == []} == set(LISTS)


def test_a_pin_is_split_at_its_last_colon():
    query = RankQuery(pin=["https://a/b:80/x.jpg:3", "plain:12"])

    assert [(pin.id, pin.place) for pin in query.options().pin] == [
        ("https://a/b:80/x.jpg", 3),
        ("plain", 12),
    ]


@pytest.mark.parametrize("pin", ["", "a", ":1", "a:", "a:0", "a:-1", "a:1.5", "a:x", "a:12345"])
def test_a_pin_of_another_form_is_refused(pin):
    with pytest.raises(ValidationError):
        RankQuery(pin=[pin])
    with pytest.raises(ValidationError):
        RankOptions(pin=[pin])


def test_what_is_not_said_has_the_defaults_of_a_ranking():
    assert RankCall(include="scores").options() == RankOptions()


def test_options_beside_the_photos_take_the_place_of_those_in_the_query():
    beside = {"limit": 2, "pin": [{"id": "a", "place": 1}], "policy": {"min_mean": 4}}

    options = RankCall(include="scores").options(beside)

    assert (options.limit, options.pin[0].id, options.policy.min_mean) == (2, "a", 4)


def test_options_in_both_ways_are_refused_and_those_of_the_query_named():
    with pytest.raises(MalformedRequestError, match=r"in the query \(limit\) and beside"):
        RankQuery(limit=2).options({})


@pytest.mark.parametrize(
    ("beside", "place"),
    [
        ([], "options: "),
        ({"limt": 1}, "options.limt: "),
        ({"pin": [{"id": "a", "place": 0}]}, "options.pin.0.place: "),
        ({"policy": {"min_maen": 4}}, "options.policy"),
        ({"include": "scores"}, "options.include: "),
    ],
)
def test_options_of_another_form_are_malformed_and_the_place_is_named(beside, place):
    with pytest.raises(MalformedRequestError, match=f"^{place}"):
        RankQuery().options(beside)


def test_an_id_longer_than_ids_are_is_malformed():
    with pytest.raises(MalformedRequestError, match=r"options\.pin\.0"):
        RankQuery(pin=["x" * 1025 + ":1"]).options()
