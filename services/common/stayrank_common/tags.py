"""The eight areas of a hotel: the classes of the tagger, in the order of its outputs."""

from __future__ import annotations

from enum import StrEnum


class Tag(StrEnum):
    """An area of a hotel. The value is the stable name in files, answers and folders."""

    BEDROOM = "bedroom"
    BATHROOM = "bathroom"
    FOYER = "foyer"
    RESTAURANT = "restaurant"
    SWIMMING_POOL = "swimming_pool"
    KITCHEN = "kitchen"
    EXTERIOR = "exterior"
    RECEPTION = "reception"


TAGS: tuple[str, ...] = tuple(tag.value for tag in Tag)


def words(tag: str) -> str:
    """The tag as people write it.

    >>> words("swimming_pool")
    'swimming pool'
    """
    return tag.replace("_", " ")
