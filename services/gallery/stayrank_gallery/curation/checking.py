"""Whether options fit the photos that they are about."""

from __future__ import annotations

from collections.abc import Collection

from stayrank_common.errors import (
    NothingToRankError,
    OptionError,
    PinError,
    UnknownPhotoError,
)
from stayrank_common.repeats import first_repeated
from stayrank_gallery.schemas import RankOptions


def check_options(options: RankOptions, ids: Collection[str]) -> None:
    """Make sure that options name photos that are there and do not contradict each other.

    Places are counted before duplicates are folded and unreadable photos are left out, which no
    caller can foresee; a pin beyond what is left then moves up to the last place.

    Args:
        options: The options.
        ids: Of all photos that came in.

    Raises:
        UnknownPhotoError: A photo is pinned, excluded or in the present order that is not there.
        OptionError: A photo is twice in the present order.
        PinError: A place is out of range or taken, or a photo is pinned twice or excluded as well.
        NothingToRankError: Every photo is excluded.
    """
    known = set(ids)
    pinned = [pin.id for pin in options.pin]
    for option, named in (
        ("pin", pinned),
        ("exclude", options.exclude),
        ("current", options.current),
    ):
        for photo_id in named:
            if photo_id not in known:
                raise UnknownPhotoError(option, photo_id)
    if twice := first_repeated(options.current):
        raise OptionError(f"current: the photo {twice!r} is there twice")
    excluded = set(options.exclude)
    if known and known == excluded:
        raise NothingToRankError
    _check_pins(options, excluded, len(known) - len(excluded))


def _check_pins(options: RankOptions, excluded: set[str], photos: int) -> None:
    places = min(options.limit or photos, photos)
    taken: dict[int, str] = {}
    pinned: dict[str, int] = {}
    for pin in options.pin:
        if pin.id in excluded:
            raise PinError(pin.id, pin.place, "it is excluded")
        if pin.place > places:
            raise PinError(pin.id, pin.place, f"places go from 1 to {places}")
        if pin.id in pinned:
            raise PinError(pin.id, pin.place, f"it is also pinned to place {pinned[pin.id]}")
        if pin.place in taken:
            raise PinError(pin.id, pin.place, f"{taken[pin.place]!r} is pinned there")
        taken[pin.place], pinned[pin.id] = pin.id, pin.place
