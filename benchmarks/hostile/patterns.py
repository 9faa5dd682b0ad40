"""Calls that contradict themselves, or that proxies and services could read differently."""

from __future__ import annotations

from collections.abc import Iterator

from damage import encode
from PIL import Image
from shots import Expectation, Shot

_CHUNKED = b"Transfer-Encoding: chunked"
_FORM = "multipart/form-data; boundary=x"
_UPGRADE = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA"


def heads(photo: Image.Image) -> Iterator[Shot]:
    """Lengths that lie, two framings at once, chunks of all kinds, other protocols, odd headers."""
    content = encode(photo, "JPEG")
    size = b"%x" % len(content)
    length = b"Content-Length: %d" % len(content)
    forms: dict[str, tuple[bytes, bytes, Expectation]] = {
        "plain": (length, content, "accepted"),
        "expected": (length + b"\r\nExpect: rubbish", content, "accepted"),
        "no length": (b"X: y", content, "refused"),
        "too short": (b"Content-Length: 99", content, "refused"),
        "negative": (b"Content-Length: -9", content, "refused"),
        "signed": (length.replace(b": ", b": +"), content, "refused"),
        "hexadecimal": (b"Content-Length: 0x" + size, content, "refused"),
        "endless": (b"Content-Length: 9" + b"0" * 30, content, "refused"),
        "twice": (length + b"\r\n" + length, content, "refused"),
        "listed": (length + b", %d" % len(content), content, "refused"),
        "both": (length + b"\r\n" + _CHUNKED, _chunk(size, content), "refused"),
        "chunked": (_CHUNKED, _chunk(size, content), "accepted"),
        "chunked twice": (_CHUNKED + b"\r\n" + _CHUNKED, _chunk(size, content), "refused"),
        "gzip in chunks": (_CHUNKED.replace(b"c", b"gzip, c", 1), _chunk(size, content), "refused"),
        "almost chunked": (_CHUNKED.replace(b"ed", b"ed\x0b"), _chunk(size, content), "refused"),
        "spaced": (_CHUNKED.replace(b":", b" :"), _chunk(size, content), "refused"),
        "extended": (_CHUNKED, _chunk(size + b';a="b"', content), "accepted"),
        "overflowing": (_CHUNKED, _chunk(b"f" * 17, content), "refused"),
        "below nought": (_CHUNKED, _chunk(b"-5", content), "refused"),
        "lines of Unix": (_CHUNKED, _chunk(size, content).replace(b"\r", b""), "refused"),
        "trailers": (_CHUNKED, _chunk(size, content)[:-2] + b"X: y\r\n" * 9_000, "refused"),
        "HTTP/2 offered": (length + b"\r\n" + _UPGRADE, content, "accepted"),
        "HTTP/2 at last": (length + b"\r\nConnection: close\r\n" + _UPGRADE, content, "accepted"),
        "HTTP/2 in chunks": (_CHUNKED + b"\r\n" + _UPGRADE, _chunk(size, content), "accepted"),
        "folded": (length + b"\r\nX: a\r\n b", content, "refused"),
        "zero byte": (length + b"\r\nX: a\0b", content, "refused"),
        "bare return": (length + b"\r\nX: a\rY: b", content, "refused"),
        "no header": (length + b"\r\nrubbish", content, "refused"),
        "many headers": (length + b"\r\nX: y" * 300, content, "refused"),
        "compressed": (length + b"\r\nContent-Encoding: br", content, "refused"),
    }
    for name, (head, body, expected) in forms.items():
        typed = b"Content-Type: image/jpeg\r\n" + head
        yield Shot(name, body, None, expected, typed)


def forms(photo: Image.Image) -> Iterator[Shot]:
    """Parts that no browser makes."""
    content = encode(photo, "JPEG")
    name = b'Content-Disposition: form-data; name="files"; filename="a"'
    heads: dict[str, tuple[bytes, Expectation]] = {
        "twice": (name + b"\r\n" + name, "accepted"),
        "named twice": (name + b'; name="x"', "refused"),
        "extended": (name.replace(b'="a"', b"*=x-nope''%00%ff"), "refused"),
        "continued": (name.replace(b'="a"', b"*0=a; filename*999999999=b"), "refused"),
        "open": (name[:-1] + b"\\", "accepted"),
        "countless parameters": (name + b";" * 3_900, "accepted"),
        "endless name": (name[:-1] + b"a" * 2_000 + b'"', "refused"),
        "encoded": (name + b"\r\nContent-Transfer-Encoding: base64", "accepted"),
        "nested": (b'Content-Disposition: form-data; name="files"', "refused"),
        "nameless": (b"X: y", "refused"),
    }
    for title, (head, expected) in heads.items():
        yield Shot(title, _part(head, content) + b"--x--", _FORM, expected)
    many = b"".join(_part(b"%b%d" % (name[:-2], n), b"") for n in range(201))
    yield Shot("201 files", many.replace(b"\r\n\r\n", b'"\r\n\r\n') + b"--x--", _FORM, "refused")
    within = b"\r\n--xx" * 1_000_000  # which the parser takes for the next part each time
    yield Shot("boundaries within", _part(name, within) + b"--x--", _FORM, "refused")
    yield Shot("only boundaries", b"--x\r\n" * 100_000, _FORM, "refused")
    yield Shot("words before", b"words" * 99_999 + _part(name, content), _FORM, "refused")
    yield Shot("no end", _part(name, content), _FORM, "refused")


def _chunk(size: bytes, content: bytes) -> bytes:
    return size + b"\r\n" + content + b"\r\n0\r\n\r\n"


def _part(head: bytes, content: bytes) -> bytes:
    return b"--x\r\n" + head + b"\r\n\r\n" + content + b"\r\n"
