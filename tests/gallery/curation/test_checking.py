import pytest

from stayrank_common.errors import (
    NothingToRankError,
    OptionError,
    PinError,
    UnknownPhotoError,
)
from stayrank_gallery.curation import check_options
from stayrank_gallery.schemas import RankOptions

IDS = ["a", "b", "c"]


def check(ids=IDS, **options) -> None:
    check_options(RankOptions(**options), ids)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"pin": ["a:1", "b:3"], "exclude": [], "current": ["c", "b", "a"]},
        {"pin": ["a:2"], "exclude": ["b"], "current": ["c"]},
        {"pin": ["a:1"], "limit": 1},
        {"pin": ["a:3"], "limit": 10},
        {"exclude": ["a", "a", "b"]},
    ],
)
def test_options_that_fit_pass(options):
    check(**options)


@pytest.mark.parametrize("option", ["pin", "exclude", "current"])
def test_a_photo_that_is_not_there_is_named_with_the_option(option):
    named = ["a:1", "ghost.jpg:2"] if option == "pin" else ["a", "ghost.jpg"]

    with pytest.raises(UnknownPhotoError, match=rf"{option}: .* the id 'ghost.jpg'"):
        check(**{option: named})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pin": ["a:4"]}, "'a' cannot be pinned to place 4: places go from 1 to 3"),
        ({"pin": ["a:3"], "limit": 2}, "'a' cannot be pinned to place 3: places go from 1 to 2"),
        ({"pin": ["a:3"], "exclude": ["b"]}, "place 3: places go from 1 to 2"),
        ({"pin": ["a:1", "a:2"]}, "'a' cannot be pinned to place 2: it is also pinned to place 1"),
        ({"pin": ["a:1", "b:1"]}, "'b' cannot be pinned to place 1: 'a' is pinned there"),
        ({"pin": ["a:1"], "exclude": ["a"]}, "'a' cannot be pinned to place 1: it is excluded"),
    ],
)
def test_a_pin_that_cannot_be_is_refused_with_photo_place_and_reason(options, message):
    with pytest.raises(PinError) as refusal:
        check(**options)

    assert message in str(refusal.value)


def test_a_photo_twice_in_the_present_order_is_refused():
    with pytest.raises(OptionError, match="current: the photo 'b' is there twice"):
        check(current=["b", "a", "b"])


@pytest.mark.parametrize("ids", [["a"], IDS])
def test_excluding_every_photo_is_refused(ids):
    with pytest.raises(NothingToRankError, match="leave at least one"):
        check(ids, exclude=ids)


def test_without_photos_there_is_nothing_to_exclude():
    check([])
