"""Files of countless small parts, and of parts that contradict each other."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from bombs import chunk
from damage import encode
from PIL import Image
from shots import Shot

_BYTES = 6 * 2**20  # a third of what a photo may have: a million parts, and more
_SIDE = 6_300  # pixels: 39.7 of the 40 million that are allowed


def crowds(photo: Image.Image) -> Iterator[Shot]:
    """Markers, chunks, blocks, runs and tags by the million: none may be walked through."""
    jpeg, progressive = encode(photo, "JPEG"), encode(photo, "JPEG", progressive=True)
    png, gif = encode(photo, "PNG"), encode(Image.new("P", (16, 16)), "GIF")
    exif = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack("!H", 5400)
    exif += b"".join(struct.pack("!HHII", tag, 5, 7000, 8) for tag in range(5400))
    for name, unit in {
        "comments": _segment(0xFE, b""),
        "profiles": _segment(0xE2, b"ICC_PROFILE\0\1\1"),
        "exif": _segment(0xE1, exif),
        "resources": _segment(0xED, b"Photoshop 3.0\0" + b"8BIM\0\0\0\0\0\0\0\0" * 5000),
        "tables": _segment(0xDB, (b"\0" + bytes(range(1, 65))) * 900),
        "starts": b"\xff\xd8",
        "restarts": b"\xff\xd0",
        "padding": b"\xff",
        "noise": _segment(0xEF, b"") + b"\1" * 60_000,
        "end": b"\xff\xd9" + b"\1" * 60_000,  # which Pillow reads past
        "extension": _segment(0xF0, b"\1" * 60_000),  # and of this one what it says
    }.items():
        yield _refused(f"{name}.jpg", jpeg[:2] + _fill(unit) + jpeg[2:])
    first = progressive.index(b"\xff\xda", progressive.index(b"\xff\xda") + 2)
    scan = b"\xff\xda\0\x08\1\1\0\1\x3f\0\0\0"  # of one component, and empty
    coded = bytearray(jpeg)
    frame = coded.index(b"\xff\xc0")
    coded[frame + 1] = 0xC9  # arithmetic code: noise keeps a decoder busy for any number of pixels
    coded[frame + 5 : frame + 9] = struct.pack("!HH", _SIDE, _SIDE)
    yield _refused("arithmetic.jpg", bytes(coded))
    strip = [(256, 1, _SIDE), (257, 1, _SIDE), (258, 1, 8), (259, 1, 7), (262, 1, 6)]
    strip += [(273, 1, 122), (277, 1, 3), (278, 1, _SIDE), (279, 1, len(coded))]
    yield _refused("arithmetic.tif", _tags(strip) + bytes(coded))
    large = bytearray(progressive[:first])
    frame = large.index(b"\xff\xc2") + 5
    large[frame : frame + 4] = struct.pack("!HH", _SIDE, _SIDE)
    yield _refused("scans.jpg", bytes(large) + scan * 10_000 + b"\xff\xd9")
    yield _refused("fewer-scans.jpg", bytes(large) + scan * 60 + b"\xff\xd9")
    late = _fill(b"\xff") + scan * 65  # looked through to count scans: for each, or once
    yield _refused("late-scans.jpg", progressive[:first] + scan * 64 + late)
    hidden = _segment(0x01, scan * 5_000)  # a marker without a length, which libjpeg passes over
    yield _refused("hidden-scans.jpg", bytes(large) + hidden * 10 + b"\xff\xd9")
    profile = chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(2**20 - 99), 9))
    yield _refused("profiles.png", png[:33] + _fill(profile) + png[33:])
    yield _refused("some-profiles.png", png[:33] + profile * 990 + png[33:])
    for name, unit in {"comments": b"!\xfe\0", "words": b"!\xfe\1a\0", "noise": b"\1"}.items():
        start = gif.index(b",", 13)
        yield _refused(f"{name}.gif", gif[:start] + _fill(unit) + gif[start:])
    yield _refused("blocks.gif", gif[:start] + b"!\xfe" + b"\1a" * 2_000_000 + b"\0" + gif[start:])
    yield _refused("runs.bmp", _runs(_SIDE, b"\1\0" * (_SIDE * _SIDE // 20)))
    yield _refused("still.bmp", _runs(16, b"\0\2\0\0" * 1_000_000))
    waiting = jpeg[:2] + b"\xff\xfe\0\2" * 200_000 + jpeg[2:]  # a JPEG that is each of 99 strips
    strips = [(256, 1, 200), (257, 1, 99 * 133), (258, 1, 8), (259, 1, 7), (262, 1, 6)]
    strips += [(273, 99, 122), (277, 1, 3), (278, 1, 133), (279, 99, 518)]
    places = struct.pack("<99I", *[914] * 99) + struct.pack("<99I", *[len(waiting)] * 99)
    yield _refused("one-strip.tif", _tags(strips) + places + waiting)
    turn = b"Exif\0\0II*\0\x08\0\0\0\1\0" + struct.pack("<HHII", 0x112, 5, 2_000_000, 8)
    yield _refused("turn.png", png[:33] + chunk(b"eXIf", turn[6:] + bytes(16_000_100)) + png[33:])
    values = struct.pack("<I", 4096) * 1_000_000
    strips = [(256, 1, 2000), (257, 1, 2000), (258, 1, 8), (259, 1, 1), (262, 1, 1)]
    strips += [(273, 1_000_000, 122), (277, 1, 1), (278, 1, 1), (279, 1_000_000, 122)]
    yield _refused("strips.tif", _tags(strips) + values)
    yield _refused("tags.tif", _tags([(n, 1_000_000, 9) for n in range(300, 65_000)]) + values)
    yield _refused("column.png", _column(40_000_000))
    yield _refused("grid.avif", _grid(65_000))


def contradictions(photo: Image.Image) -> Iterator[Shot]:
    """Directories that name themselves, sizes that differ, JPEGs that no camera makes."""
    jpeg, webp = encode(photo, "JPEG"), encode(photo, "WEBP")
    loop = b"Exif\0\0MM\0*\0\0\0\x08\0\1" + struct.pack("!HHIHH", 0x112, 3, 1, 9, 0) + b"\0\0\0\x08"
    yield Shot("exif-of-itself.jpg", jpeg[:2] + _segment(0xE1, loop) + jpeg[2:])
    frame = jpeg.index(b"\xff\xc0")
    for name, place, value in (
        ("arithmetic", 1, b"\xc9"),
        ("lossless", 1, b"\xc3"),
        ("twelve-bits", 4, b"\x0c"),
        ("no-height", 5, b"\0\0"),
        ("components", 9, b"\xff"),
        ("sampling", 11, b"\xff"),
    ):
        content = jpeg[: frame + place] + value + jpeg[frame + place + len(value) :]
        yield Shot(f"{name}.jpg", content)
    size = struct.pack("!HH", _SIDE, _SIDE)
    wide = jpeg[: frame + 5] + size + jpeg[frame + 9 : -2]
    yield Shot("padded.jpg", wide + b"\xff" * 15_000_000)
    printed = encode(photo.convert("CMYK"), "JPEG")
    adobe = printed.index(b"Adobe") + 11
    yield Shot("adobe.jpg", printed[:adobe] + b"\xff" + printed[adobe + 1 :])
    for stages in (1, 100_000):
        profile = _stages(stages)
        yield Shot(
            f"{stages}-stages.png", encode(photo, "PNG", icc_profile=profile), None, "accepted"
        )
    canvas = b"VP8X" + struct.pack("<II", 10, 0) + struct.pack("<I", _SIDE)[:3] * 2
    body = b"WEBP" + canvas + webp[12:]
    yield Shot("canvas.webp", b"RIFF" + struct.pack("<I", len(body)) + body)
    yield Shot("itself.tif", _tags([(256, 1, 8), (257, 1, 8), (330, 1, 8)], following=8))


def _refused(name: str, content: bytes) -> Shot:
    return Shot(name, content, None, "refused")


def _fill(unit: bytes) -> bytes:
    return unit * (_BYTES // len(unit))


def _segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack("!H", len(content) + 2) + content


def _stages(count: int) -> bytes:
    """A colour profile of so many matrices, all of them at one place."""
    matrix = b"matf" + bytes(4) + struct.pack("!HH12f", 3, 3, *[0.5, 0, 0, 0] * 3)
    place = struct.pack("!II", 16 + 8 * count, len(matrix))
    stages = b"mpet" + bytes(4) + struct.pack("!HHI", 3, 3, count) + place * count + matrix
    table = struct.pack("!I4sII", 1, b"D2B0", 144, len(stages))
    header = struct.pack("!I", 144 + len(stages)) + b"lcms\x04\x30\0\0mntrRGB XYZ " + bytes(12)
    header += b"acsp" + bytes(28) + struct.pack("!iii", 63190, 65536, 54061) + bytes(48)
    return header + table + stages


def _runs(side: int, runs: bytes) -> bytes:
    """A BMP of run lengths, with 256 colours."""
    header = struct.pack("<IiiHHIIiiII", 40, side, side, 1, 8, 1, len(runs), 0, 0, 256, 0)
    content = header + bytes(1024) + runs
    return b"BM" + struct.pack("<III", 14 + len(content), 0, 54 + 1024) + content


def _tags(tags: list[tuple[int, int, int]], following: int = 0) -> bytes:
    """A TIFF's directory of whole numbers: tag, count, value or place."""
    entries = b"".join(struct.pack("<HHII", tag, 4, count, value) for tag, count, value in tags)
    start = b"II*\0" + struct.pack("<IH", 8, len(tags) & 0xFFFF)
    return start + entries + struct.pack("<I", following)


def _column(height: int) -> bytes:
    """A PNG, one pixel wide."""
    header = chunk(b"IHDR", struct.pack("!IIBBBBB", 1, height, 8, 0, 0, 0, 0))
    rows = chunk(b"IDAT", zlib.compress(bytes(2 * height), 9))
    return b"\x89PNG\r\n\x1a\n" + header + rows + chunk(b"IEND", b"")


def _grid(tiles: int) -> bytes:
    """An AVIF of many tiles, none of which is there."""

    def box(kind: bytes, content: bytes) -> bytes:
        return struct.pack("!I", len(content) + 8) + kind + content

    items = [(1, b"grid"), *((n, b"av01") for n in range(2, tiles + 2))]
    infos = b"".join(
        box(b"infe", b"\2\0\0\0" + struct.pack("!HH", item, 0) + kind + b"\0")
        for item, kind in items
    )
    parts = struct.pack("!HH", 1, tiles) + struct.pack(f"!{tiles}H", *range(2, tiles + 2))
    none = bytes(4)  # version and flags
    meta = [
        box(b"hdlr", none + bytes(4) + b"pict" + bytes(13)),
        box(b"pitm", none + b"\0\1"),
        box(b"iinf", none + struct.pack("!H", len(items)) + infos),
        box(b"iref", none + box(b"dimg", parts)),
        box(b"idat", b"\0\0\xff\xfe" + struct.pack("!HH", 65_535, 600)),
    ]
    return box(b"ftyp", b"avif" + none + b"avifmif1") + box(b"meta", none + b"".join(meta))
