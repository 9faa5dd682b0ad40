"""Photos cut off, altered, mislabelled, and dressed up as something else."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image, ImageOps
from shots import Expectation, Shot

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
# Pillow would open them, some with a program of their own.
_OTHERS = "DDS EPS ICNS ICO JPEG2000 PCX PDF PPM QOI SGI SPIDER TGA".split()  # noqa: SIM905
_EDGE = 400  # pixels
_TRUNCATION_POINTS, _FLIPS = 64, 64


def variants(photos: Sequence[Image.Image], count: int) -> list[Image.Image]:
    """Make different photos of a few: crops, mirrored every other time."""
    numbers = np.random.default_rng(0)
    made = []
    for n in range(count):
        photo = photos[n % len(photos)]
        left, top = numbers.integers(0, (photo.width // 4, photo.height // 4))
        box = (int(left), int(top), photo.width - int(left) // 2, photo.height - int(top) // 2)
        crop = ImageOps.contain(photo.crop(box), (_EDGE, _EDGE))
        made.append(ImageOps.mirror(crop) if n // len(photos) % 2 else crop)
    return made


def encode(photo: Image.Image, name: str, **options: object) -> bytes:
    """Write a file into memory."""
    content = io.BytesIO()
    photo.save(content, name, **options)
    return content.getvalue()


def truncated(photos: Sequence[Image.Image]) -> Iterator[Shot]:
    """Each photo in each format, cut at 64 evenly spread points."""
    for n, photo in enumerate(photos):
        for name in FORMATS:
            content = encode(photo, name)
            for part in range(_TRUNCATION_POINTS):
                cut = content[: len(content) * part // _TRUNCATION_POINTS]
                yield Shot(f"{n}-{part}.{name.lower()}", cut, None, "any" if part else "refused")


def flipped(photos: Sequence[Image.Image]) -> Iterator[Shot]:
    """Each photo 64 times, in the four formats by turns, with 1 to 16 bits flipped."""
    numbers = np.random.default_rng(1)
    for n, photo in enumerate(photos):
        contents = [encode(photo, name) for name in FORMATS]
        for flip in range(_FLIPS):
            content = bytearray(contents[flip % len(contents)])
            # A third of them in the header, where it hurts.
            reach = len(content) if flip % 3 else min(256, len(content))
            for position in numbers.integers(0, reach, numbers.integers(1, 17)):
                content[position] ^= 1 << int(numbers.integers(0, 8))
            yield Shot(f"{n}-{flip}.bin", bytes(content))


def polyglots(photo: Image.Image) -> Iterator[Shot]:
    """Photos that are something else as well, and something else that holds a photo."""
    jpeg, png, gif = encode(photo, "JPEG"), encode(photo, "PNG"), encode(photo, "GIF")
    archive = io.BytesIO(jpeg)
    archive.seek(0, io.SEEK_END)
    with zipfile.ZipFile(archive, "a") as file:
        file.writestr("run.sh", "echo")
    script = b"<script>alert(1)</script>"
    comment = b"\xff\xfe" + (len(script) + 2).to_bytes(2, "big") + script
    yield Shot("jpeg-and-zip.jpg", archive.getvalue(), None, "accepted")
    yield Shot("png-and-html.png", png + b"<html>" + script, None, "accepted")
    yield Shot("gif-and-js.gif", gif + b"/*" + script, None, "accepted")
    yield Shot("html-in-a-comment.jpg", jpeg[:2] + comment + jpeg[2:], None, "accepted")
    yield Shot("pdf-before-jpeg.pdf", b"%PDF-1.7\n" + jpeg, None, "refused")
    yield Shot("html-before-png.html", b"<html>" + png, None, "refused")
    yield Shot("jpeg-and-jpeg.jpg", jpeg + jpeg, None, "accepted")
    yield Shot("elf-before-jpeg", b"\x7fELF" + jpeg, None, "refused")


def mislabelled(photo: Image.Image) -> Iterator[Shot]:
    """What is no photo, and photos under wrong names and types."""
    no_photos = {
        "empty.jpg": b"",
        "words.jpg": b"these are words" * 99,
        "page.jpg": b"<!DOCTYPE html><html><body>Not found</body></html>",
        "paper.jpg": b"%PDF-1.7\n" + bytes(999),
        "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        "film.mp4": b"\x00\x00\x00\x18ftypmp42" + bytes(999),
        "archive.zip": b"PK\x03\x04" + bytes(999),
        "program": b"\x7fELF\x02\x01\x01" + bytes(999),
        "zeros.png": bytes(99_999),
        "noise.webp": np.random.default_rng(2).bytes(99_999),
        "postscript.eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        "layers.psd": b"8BPS\0\1" + bytes(999),
        "drawing.wmf": b"\xd7\xcd\xc6\x9a" + bytes(999),
        "stars.fits": b"SIMPLE  =                    T" + bytes(2850),
        "photo.jxl": b"\xff\x0a" + bytes(999),
        "pickle.jpg": b"\x80\x04\x95\x1a\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94.",
    }
    for name, content in no_photos.items():
        yield Shot(name, content, None, "refused")
        if content:
            yield Shot(name, content, "image/jpeg", "refused")
    for name in _OTHERS:
        picture = photo.convert("F") if name == "SPIDER" else photo
        yield Shot(f"photo.{name.lower()}", encode(picture, name), None, "refused")
    for name in (*FORMATS, "BMP", "TIFF", "AVIF"):
        content = encode(photo, name)
        yield Shot("photo.txt", content, None, "accepted")
        yield Shot("../../etc/passwd", content, None, "accepted")
        yield Shot(f"wrong type of {name}", content, "image/x-nonsense", "accepted")


def in_json(photo: Image.Image) -> Iterator[Shot]:
    """A photo as base64 in all forms that are allowed, and in some that are not."""
    content = encode(photo, "JPEG")
    plain = base64.b64encode(content).decode()
    forms: dict[str, tuple[object, Expectation]] = {
        "plain": (plain, "accepted"),
        "url-safe": (base64.urlsafe_b64encode(content).decode(), "accepted"),
        "unpadded": (plain.rstrip("="), "accepted"),
        "lines": ("\r\n".join(plain[n : n + 76] for n in range(0, len(plain), 76)), "accepted"),
        "data URI": ("data:image/jpeg;base64," + plain, "accepted"),
        "wrong data URI": ("data:text/html;charset=utf-8;base64," + plain, "accepted"),
        "data URI in percent": ("data:image/jpeg,%FF%D8%FF", "refused"),
        "too short by one": (plain.rstrip("=")[: len(plain) // 4 * 4 - 3], "refused"),
        "foreign letters": ("Ж" + plain[1:], "refused"),
        "padding within": (plain[:40] + "==" + plain[40:], "refused"),
        "nothing": ("", "refused"),
        "padding only": ("====", "refused"),
        "a number": (1, "refused"),
        "a list": ([plain], "refused"),
        "no photo": (base64.b64encode(b"<html>").decode(), "refused"),
        "base64 of base64": (base64.b64encode(plain.encode()).decode(), "refused"),
        "a surrogate": ("\ud800" + plain, "refused"),
        "zero byte": ("\x00" + plain, "refused"),
        "cut": (plain[: len(plain) // 8 * 4], "accepted"),
    }
    for name, (data, expected) in forms.items():
        body = json.dumps({"images": [{"id": name, "data": data}]}).encode()
        yield Shot(name, body, "application/json", expected)
    for name, body in {
        "no JSON": b"{",
        "deep": b"[" * 100_000,
        "not UTF-8": b'{"images": [{"data": "\xff\xfe"}]}',
        "no list": b'{"images": {}}',
        "gzip": b"\x1f\x8b\x08\x00" + bytes(99),
        "long number": b'{"images": ' + b"9" * 100_000 + b"}",
    }.items():
        yield Shot(name, body, "application/json", "refused")
