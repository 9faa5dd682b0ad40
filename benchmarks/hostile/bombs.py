"""Small files that ask for much: pixels, frames, inflated chunks."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from damage import encode
from PIL import Image
from shots import Shot

_FRAMES = 10_000
_LIMIT = (7740, 5160)  # pixels: 39.9 of the 40 million that are allowed


def bombs(photo: Image.Image) -> Iterator[Shot]:
    """Headers that declare more than is allowed, and chunks that inflate."""
    for side in (7_000, 30_000, 65_500, 2**31 - 1):
        yield Shot(f"{side}.png", _png(side, side), None, "refused")
        if side <= 65_500:
            yield Shot(f"{side}.jpg", _jpeg(photo, side), None, "refused")
            yield Shot(f"{side}.gif", _gif(side), None, "refused")
            yield Shot(f"{side}.tif", _tiff(side), None, "refused")
    for side in (7_000, 16_383):
        yield Shot(f"{side}.webp", _webp(side), None, "refused")
    png = encode(photo, "PNG")
    inflating = zlib.compress(bytes(200 * 2**20), 9)
    for kind, head in ((b"zTXt", b"a\0\0"), (b"iTXt", b"a\0\1\0\0\0"), (b"iCCP", b"a\0\0")):
        yield Shot(f"{kind.decode()}.png", png[:33] + chunk(kind, head + inflating) + png[33:])
    yield Shot("many-texts.png", png[:33] + chunk(b"tEXt", b"a\0b") * 100_000 + png[33:])
    yield Shot("a-million-chunks.png", png[:33] + chunk(b"prVt", b"") * 1_700_000 + png[33:])
    yield Shot("too-heavy.jpg", encode(photo, "JPEG") + bytes(20 * 2**20), None, "refused")


def at_the_limit(photo: Image.Image) -> Iterator[Shot]:
    """What is allowed, and costs most."""
    large = photo.resize(_LIMIT)
    black = Image.new("RGB", _LIMIT)
    noise = Image.frombytes("L", _LIMIT, np.random.default_rng(3).bytes(_LIMIT[0] * _LIMIT[1]))
    encodings = [
        ("photo.jpg", large, "JPEG", {}),
        ("progressive.jpg", large, "JPEG", {"progressive": True, "subsampling": 0}),
        ("noise.jpg", noise, "JPEG", {"quality": 40}),
        ("black.png", black, "PNG", {}),
        ("bits.png", noise.convert("1"), "PNG", {}),
        ("deep.png", Image.new("I;16", _LIMIT), "PNG", {}),
        ("clear.png", Image.new("RGBA", _LIMIT), "PNG", {}),
        ("photo.webp", large, "WEBP", {"method": 0}),
        ("black.webp", black, "WEBP", {"method": 0, "lossless": True}),
        ("photo.gif", large.quantize(16), "GIF", {}),
        ("black.tif", black, "TIFF", {"compression": "tiff_lzw"}),
        ("photo.avif", large, "AVIF", {"speed": 10, "quality": 50}),
    ]
    for name, picture, kind, options in encodings:
        yield Shot(name, encode(picture, kind, **options), None, "accepted")


def animations() -> Iterator[Shot]:
    """10,000 frames, of which one is looked at."""
    tiny = [Image.new("P", (16, 16), n % 7) for n in range(2)]
    palette = encode(tiny[0], "GIF")
    second = encode(tiny[1], "GIF")
    frame = second[second.index(b"\x2c", 13) : -1]  # image descriptor and data
    yield Shot("animation.gif", palette[:-1] + frame * _FRAMES + b";", None, "accepted")
    yield Shot("animation.png", _apng(), None, "accepted")
    still = encode(Image.new("RGB", (16, 16), "red"), "WEBP", lossless=True)
    yield Shot("animation.webp", _animated_webp(still[12:]), None, "accepted")
    pages = io.BytesIO()
    first = Image.new("L", (16, 16))
    first.save(pages, "TIFF", save_all=True, append_images=[first] * 999)
    yield Shot("pages.tif", pages.getvalue(), None, "accepted")


def chunk(kind: bytes, data: bytes) -> bytes:
    """Write a chunk of a PNG."""
    return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))


def _png(width: int, height: int) -> bytes:
    header = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(2**24), 9)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", rows), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _apng() -> bytes:
    header = struct.pack("!IIBBBBB", 16, 16, 8, 0, 0, 0, 0)
    data = zlib.compress(bytes(17 * 16))
    parts = [chunk(b"IHDR", header), chunk(b"acTL", struct.pack("!II", _FRAMES, 0))]
    for n in range(_FRAMES):
        control = struct.pack("!IIIIIHHBB", max(0, 2 * n - 1), 16, 16, 0, 0, 1, 10, 0, 0)
        parts.append(chunk(b"fcTL", control))
        kind, head = (b"fdAT", struct.pack("!I", 2 * n)) if n else (b"IDAT", b"")
        parts.append(chunk(kind, head + data))
    return b"\x89PNG\r\n\x1a\n" + b"".join([*parts, chunk(b"IEND", b"")])


def _jpeg(photo: Image.Image, side: int) -> bytes:
    content = bytearray(encode(photo, "JPEG"))
    start = content.index(b"\xff\xc0") + 5
    content[start : start + 4] = struct.pack("!HH", side, side)
    return bytes(content)


def _gif(side: int) -> bytes:
    content = bytearray(encode(Image.new("P", (16, 16)), "GIF"))
    content[6:10] = struct.pack("<HH", side, side)
    descriptor = content.index(b"\x2c", 13)
    content[descriptor + 5 : descriptor + 9] = struct.pack("<HH", side, side)
    return bytes(content)


def _tiff(side: int) -> bytes:
    tags = [(256, side), (257, side), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, side)]
    tags.append((279, side * side % 2**32))
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(64)


def _webp(side: int) -> bytes:
    """A lossless WebP's first bytes, with another size in them."""
    content = bytearray(encode(Image.new("RGB", (16, 16)), "WEBP", lossless=True))
    start = content.index(b"\x2f")
    bits = struct.unpack_from("<I", content, start + 1)[0] & ~(2**28 - 1)
    struct.pack_into("<I", content, start + 1, bits | (side - 1) | (side - 1) << 14)
    return bytes(content)


def _animated_webp(picture: bytes) -> bytes:
    size = struct.pack("<I", 15)[:3]
    frame = bytes(6) + size + size + struct.pack("<I", 10)[:3] + b"\0" + picture
    canvas = b"VP8X" + struct.pack("<IB", 10, 2) + bytes(3) + size + size
    body = b"WEBP" + canvas + b"ANIM" + struct.pack("<IIH", 6, 0, 0)
    body += (b"ANMF" + struct.pack("<I", len(frame)) + frame) * _FRAMES
    return b"RIFF" + struct.pack("<I", len(body)) + body
