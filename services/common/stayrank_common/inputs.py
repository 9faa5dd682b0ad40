"""Photos as they come in, before anything is decoded."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from stayrank_common.errors import (
    DuplicateIdError,
    InvalidBase64Error,
    MalformedRequestError,
    NoPhotosError,
    PhotoError,
    TooManyPhotosError,
)
from stayrank_common.repeats import first_repeated

ID_MAX_LENGTH = 1024
_DATA_URI = re.compile(r"data:[\w.+/-]*(?:;[\w=.+-]+)*;base64,", re.IGNORECASE)
_DATA_URI_MAX_LENGTH = 256
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_SPACE = b" \t\n\r\v\f"
_STEP = 2**20


@dataclass(frozen=True, slots=True)
class PhotoInput:
    """A photo to look at.

    Args:
        id: The caller's name for it; unique within a request.
        source: Its content, its path, or why it could not even be received.
    """

    id: str
    source: bytes | Path | PhotoError = field(repr=False)


def decode_base64(text: str) -> bytes:
    """Decode base64 in the forms that clients send: plain, url-safe, unpadded, as data URI.

    >>> decode_base64("data:image/png;base64,aGk")
    b'hi'

    Raises:
        InvalidBase64Error: If it is none of them.
    """
    prefix = _DATA_URI.match(text, 0, _DATA_URI_MAX_LENGTH)
    try:
        body = text[prefix.end() if prefix else 0 :].encode("ascii").rstrip(b"=" + _SPACE)
        if b"=" in body:
            raise InvalidBase64Error("`data` is not base64: padding before its end")
        return b"".join(_decoded(body))
    except (binascii.Error, UnicodeEncodeError) as error:
        raise InvalidBase64Error(f"`data` is not base64: {error}") from error


def _decoded(body: bytes) -> Iterator[bytes]:
    """Decode step by step: each holds the interpreter lock, and with it all other calls."""
    left = b""
    for start in range(0, len(body), _STEP):
        left += body[start : start + _STEP].translate(_URL_SAFE, _SPACE)
        whole = len(left) // 4 * 4
        yield binascii.a2b_base64(left[:whole], strict_mode=True)
        left = left[whole:]
    yield binascii.a2b_base64(left + b"=" * (-len(left) % 4), strict_mode=True)


def check_photos(
    photos: Sequence[PhotoInput], max_photos: int, max_id_length: int = ID_MAX_LENGTH
) -> None:
    """Check a request's photos as a set.

    Args:
        photos: The photos.
        max_photos: How many there may be.
        max_id_length: Characters that an id may have.

    Raises:
        NoPhotosError: There is none.
        TooManyPhotosError: There are more than `max_photos`.
        DuplicateIdError: Two carry the same id.
        MalformedRequestError: An id is longer than it may be.
    """
    if not photos:
        raise NoPhotosError("the request brings no photo")
    if len(photos) > max_photos:
        raise TooManyPhotosError(max_photos)
    for photo in photos:
        if len(photo.id) > max_id_length:
            raise MalformedRequestError(
                f"the id {photo.id[:40]!r}… is longer than {max_id_length} characters"
            )
    repeated = first_repeated(photo.id for photo in photos)
    if repeated is not None:
        raise DuplicateIdError(repeated)
