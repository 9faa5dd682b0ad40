"""The boxes of AVIF and HEIC, looked at before a decoder walks through them."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator

from stayrank_common.decoding.counting import MAX_EXIF, bounded, number_at

_MAX_BOXES = 1_000  # of a level of an AVIF or HEIC
_MAX_LEVELS = 100  # a film of two tracks has ten
# What holds further boxes, behind so many bytes; of the properties decoders keep a record each.
_CONTAINERS = {b"meta": 4, b"moov": 0, b"trak": 0, b"iprp": 0, b"ipco": 0}
_LISTS = (b"iinf", b"iloc", b"iref", b"ipma")
_MAX_LIST_BYTES = 64 * 1024  # thousands of items, each of which decoders look up among all others


def check_boxes(data: bytes, _max_pixels: int) -> None:
    """Refuse an AVIF or HEIC that has more boxes, items or EXIF than a photo.

    Raises:
        UndecodablePhotoError: It has.
    """
    levels = [(0, len(data))]
    sizes: Counter[bytes] = Counter()
    for start, end in levels:  # which grow
        named: set[int] = set()
        lengths: list[tuple[int, int]] = []
        for kind, first, last in _boxes(data, start, end):
            if kind in _LISTS:
                sizes[kind] += last - first
                bounded(sizes[kind], _MAX_LIST_BYTES, f"bytes of {kind.decode()}")
            elif kind in _CONTAINERS:
                levels.append((first + _CONTAINERS[kind], last))
                bounded(len(levels), _MAX_LEVELS, "levels of boxes")
            if kind == b"iinf":
                named.update(_exif_items(data, first, last))
            elif kind == b"iloc":
                lengths += _lengths(data, first, last)
        bounded(sum(length for item, length in lengths if item in named), *MAX_EXIF)


def _exif_items(data: bytes, start: int, end: int) -> Iterator[int]:
    """The numbers of the items that hold EXIF, from the list of all items."""
    head = 8 if _whole(data, start, 1) else 6
    for kind, first, _ in _boxes(data, start + head, end):
        wide = 4 if _whole(data, first, 1) == 3 else 2
        if kind == b"infe" and data.startswith(b"Exif", first + 4 + wide + 2):
            yield _whole(data, first + 4, wide)


def _lengths(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The number of each item, and the bytes of all its pieces, from the list of places."""
    version, sizes = _whole(data, start, 1), _whole(data, start + 4, 2)
    offset, length, base, index = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    wide = 4 if version == 2 else 2
    step = offset + length + (index if version else 0)
    position = start + 6 + wide
    while position < end:
        item = _whole(data, position, wide)
        position += wide + base + (4 if version else 2)
        after = position + 2 + step * _whole(data, position, 2)
        ends = range(position + 2 + step, min(after, end) + 1, step) if step else ()
        yield item, sum(_whole(data, last - length, length) for last in ends)
        position = after


def _whole(data: bytes, position: int, size: int) -> int:
    return int.from_bytes(data[position : position + size], "big")


def _boxes(data: bytes, position: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The kind, start and end of each box in a part of an ISO base media file."""
    number = 0
    while position + 8 <= end:
        number += 1
        bounded(number, _MAX_BOXES, "boxes on a level")
        size, kind = struct.unpack_from("!I4s", data, position)
        head = 16 if size == 1 else 8
        if size == 1:
            size = number_at("!Q", data, position + 8)
        last = min(position + size, end) if size else end
        yield kind, position + head, last
        position = max(last, position + head)
