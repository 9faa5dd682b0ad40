"""What the structure of a file may ask for, looked at before Pillow walks through it.

Pillow reads markers, chunks, blocks and tags in Python, a microsecond or more each: 20 MB of empty
ones take it many seconds, and it has no bounds of its own. Photos have some hundreds at most.
"""

from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import product

from stayrank_common.decoding.boxes import check_boxes
from stayrank_common.decoding.counting import MAX_EXIF, bounded, number_at
from stayrank_common.errors import UndecodablePhotoError

MAX_EDGE = 65_535  # pixels; JPEG has none longer, and rows of one pixel cost most
_MAX_SEGMENTS, _MAX_SCANS, _MAX_GAP = 2_000, 64, 64 * 1024
_SEGMENT = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])")  # no restart, no data, no padding
_BARE = re.compile(rb"[\x01\xc8\xd8\xd9\xf0-\xfd]")  # what Pillow or libjpeg reads no length of
_EOI, _SOS = b"\xd9", b"\xda"
_SEQUENTIAL = {b"\xc0", b"\xc1"}  # frames of one scan, or of one for each component
# Of the largest photo: of 40 megapixels even an empty one takes 15 ms. libjpeg writes 18 (CMYK).
_MAX_LARGE_SCANS = 18
_ARITHMETIC = {b"\xc9", b"\xca"}  # frames in a code that asks for any work, whatever their bytes
_FRAMES = _SEQUENTIAL | _ARITHMETIC | {b"\xc2"}  # the last is progressive
_MAX_ARITHMETIC = 4_000_000  # pixels
_ARITHMETIC_FRAME = re.compile(rb"\xff[\xc9\xca]\0[\x0b\x0e\x11\x14]\x08....[\1-\4]", re.DOTALL)
# Segments with loops of their own, by marker and first bytes: how many bytes all of them may have.
_LOOPS = {
    (b"\xdb", b""): (16 * 1024, "bytes of quantization tables"),
    (b"\xe1", b"Exif"): MAX_EXIF,
    (b"\xed", b"Photoshop"): (4 * 2**20, "bytes of Photoshop's resources"),
}
_MAX_CHUNKS = 100_000  # 20 MB in the usual chunks of 8 KiB are 2,500; animations have more
_MAX_OTHER_CHUNKS = 1_000
_MAX_PROFILES = 8  # each may unpack to a megabyte; a PNG has one
_PICTURE = (b"IDAT", b"fdAT", b"fcTL")
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # of a PNG, by colour type
_BYTES_A_PIXEL = 4
_MAX_BLOCKS = 20_000  # before the first frame of a GIF; a megabyte of metadata has 4,000
_MAX_TAGS, _MAX_VALUES = 1_000, 100_000
_TIFF_BYTES = {1, 2, 6, 7}  # types of which Pillow unpacks no list
_TIFF_SIZES = dict(zip(range(1, 14), (1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4), strict=True))
_TIFF_SIZES |= dict.fromkeys((16, 17, 18), 8)
_MAX_TAG_BYTES = 2**28  # all may be at one place: a file has fewer
# Tags: where strips, or tiles, begin, and their bytes; decoders take either for either.
_PLACES, _LENGTHS = (273, 324), (279, 325)
_OF_STRIPS = {*_PLACES, *_LENGTHS}
_INTEGERS = {1: "B", 3: "H", 4: "I", 6: "B", 8: "H", 9: "I", 13: "I", 16: "Q", 17: "Q", 18: "Q"}
_MAX_OVERLAP = 4  # times the file: strips share no bytes, but some writers overstate the last
_MAX_RUN_LENGTH = 1_000_000  # pixels, and bytes: Pillow unpacks them in Python


def check_structure(data: bytes, max_pixels: int) -> None:
    """Refuse a file that would keep Pillow busy before, or instead of, showing a photo.

    Args:
        data: The file; what has no known start is let through, to be refused by Pillow.
        max_pixels: Of a photo.

    Raises:
        UndecodablePhotoError: It has more parts than a photo has.
    """
    for (place, start), check in _CHECKS.items():
        if data.startswith(start, place):
            check(data, max_pixels)


def _check_jpeg(data: bytes, max_pixels: int) -> None:
    sizes: Counter[str] = Counter()
    scans = gaps = components = pixels = end = 0
    for number, (marker, gap, start, end) in enumerate(_segments(data)):
        bounded(number, _MAX_SEGMENTS, "segments")
        if marker == _EOI and scans:  # before them Pillow reads on
            return
        if marker == _SOS:
            scans += 1
            most = min(_MAX_SCANS, _MAX_LARGE_SCANS * max_pixels // max(1, min(pixels, max_pixels)))
            bounded(scans, most, "scans")
            # More of these bytes may be noise, or be scans.
            if scans == 1 and (
                data.count(b"\xff" + _SOS) <= most or _holds_all(data, start, components)
            ):
                return
        elif marker in _FRAMES:
            components = _byte(data, start + 5) if marker in _SEQUENTIAL else 0
            pixels = max(pixels, _size_of_frame(data, start, marker))
        gaps += 0 if scans else gap
        bounded(gaps, _MAX_GAP, "bytes between its segments")
        for (looping, first), (most, what) in _LOOPS.items():
            if marker == looping and data.startswith(first, start):
                sizes[what] += end - start
                bounded(sizes[what], most, what)
    if not scans:
        bounded(len(data) - end, _MAX_GAP, "bytes between its segments")


def _size_of_frame(data: bytes, start: int, marker: bytes) -> int:
    pixels = number_at("!H", data, start + 1) * number_at("!H", data, start + 3)
    if marker in _ARITHMETIC:
        bounded(pixels, _MAX_ARITHMETIC, "pixels in arithmetic code")
    return pixels


def _holds_all(data: bytes, start: int, components: int) -> bool:
    """Whether a scan holds all components of a frame, which needs no other then."""
    return 0 < components == _byte(data, start)


def _byte(data: bytes, position: int) -> int:
    return data[position] if position < len(data) else 0


def _segments(data: bytes) -> Iterator[tuple[bytes, int, int, int]]:
    """Marker, bytes skipped before it, start of what it says (behind its length), and its end."""
    end = 2
    while found := _SEGMENT.search(data, end):
        start, gap = found.end(), found.start() - end
        if _BARE.match(found[1]):
            end = start
        else:
            end = start + max(2, int.from_bytes(data[start : start + 2], "big"))
        yield found[1], gap, start + 2, end


def _check_png(data: bytes, max_pixels: int) -> None:
    if len(data) > 26:
        width, height, depth, colour = struct.unpack_from("!IIBB", data, 16)
        unpacked = width * height * depth * _CHANNELS.get(colour, 4) // 8
        if width * height <= max_pixels:  # else that is what is said of it
            bounded(unpacked, _BYTES_A_PIXEL * max_pixels, "bytes of pixels")
    position, chunks, others, profiles = 8, 0, 0, 0
    while position + 8 <= len(data):
        length, kind = struct.unpack_from("!I4s", data, position)
        position += 12 + length
        chunks += 1
        others += kind not in _PICTURE
        profiles += kind == b"iCCP"
        bounded(chunks, _MAX_CHUNKS, "chunks")
        bounded(others, _MAX_OTHER_CHUNKS, "chunks beside those of its picture")
        bounded(profiles, _MAX_PROFILES, "colour profiles")
        if kind == b"IEND":
            return


def _check_gif(data: bytes, _max_pixels: int) -> None:
    position = 13 + (6 << (data[10] & 7) if data[10:11] >= b"\x80" else 0)
    blocks, within = 0, False  # an extension, whose blocks follow until an empty one
    while position < len(data):
        first = data[position : position + 1]
        if within:
            within = first != b"\0"
            position += 1 + first[0]
        elif first in {b",", b";"}:
            return
        else:
            within = first == b"!"
            position += 1 + within
        blocks += 1
        bounded(blocks, _MAX_BLOCKS, "blocks before its first frame")


def _check_bmp(data: bytes, _max_pixels: int) -> None:
    if len(data) < 34:
        return
    width, height, _, _, compression = struct.unpack_from("<iiHHI", data, 18)
    if compression in {1, 2}:
        bounded(abs(width * height), _MAX_RUN_LENGTH, "pixels in runs")
        bounded(len(data), _MAX_RUN_LENGTH, "bytes of runs")


def _check_tiff(data: bytes, _max_pixels: int) -> None:
    if _ARITHMETIC_FRAME.search(data):  # in any number of strips, all of which may be one
        raise UndecodablePhotoError("it holds a JPEG in arithmetic code")
    size = 0
    strips: dict[int, tuple[int, ...]] = {}
    for tag, kind, count, place in _tags(data):
        claimed = count * _TIFF_SIZES.get(kind, 0)
        is_read = 0 < claimed <= len(data)  # else Pillow skips it
        if is_read and (kind not in _TIFF_BYTES or tag in _OF_STRIPS):
            bounded(count, _MAX_VALUES, "values of a tag")
        if is_read and tag in _OF_STRIPS and kind in _INTEGERS and place + claimed <= len(data):
            if tag in strips:  # which of them counts, libtiff and Pillow may see differently
                raise UndecodablePhotoError("it says twice where its strips are")
            form = f"{_order(data)}{count}{_INTEGERS[kind]}"
            strips[tag] = struct.unpack_from(form, data, place)
        size += min(claimed, len(data))
    bounded(size, _MAX_TAG_BYTES, "bytes of tags")
    for places, lengths in product(_PLACES, _LENGTHS):
        both = zip(strips.get(places, ()), strips.get(lengths, ()), strict=False)
        held = sum(max(0, min(length, len(data) - place)) for place, length in both)
        bounded(held, _MAX_OVERLAP * len(data), "bytes of strips")


def _order(data: bytes) -> str:
    return "<" if data.startswith(b"I") else ">"


def _tags(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Number, type, count and place of the values of each tag in a TIFF's first directory."""
    order = _order(data)
    is_big = data[2:4] in {b"+\0", b"\0+"}
    where, number, entry = ("Q", "Q", "HHQ8x") if is_big else ("I", "H", "HHI4x")
    width, within = struct.calcsize("<" + entry), struct.calcsize("<" + where)
    position = number_at(order + where, data, 8 if is_big else 4)
    tags = number_at(order + number, data, position)
    bounded(tags, _MAX_TAGS, "tags")
    start = position + struct.calcsize("<" + number)
    for tag_start in range(start, min(start + tags * width, len(data) - width + 1), width):
        tag, kind, count = struct.unpack_from(order + entry, data, tag_start)
        place = tag_start + width - within
        if count * _TIFF_SIZES.get(kind, 0) > within:
            place = number_at(order + where, data, place)
        yield tag, kind, count, place


_CHECKS: dict[tuple[int, bytes], Callable[[bytes, int], None]] = {
    (0, b"\xff\xd8\xff"): _check_jpeg,
    (0, b"\x89PNG\r\n\x1a\n"): _check_png,
    (0, b"GIF8"): _check_gif,
    (0, b"BM"): _check_bmp,
    (0, b"II"): _check_tiff,
    (0, b"MM"): _check_tiff,
    (4, b"ftyp"): check_boxes,
}
