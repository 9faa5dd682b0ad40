"""What is counted in files, whatever their format."""

from __future__ import annotations

import struct

from stayrank_common.errors import UndecodablePhotoError

MAX_EXIF = (256 * 1024, "bytes of EXIF")


def bounded(number: int, most: int, what: str) -> None:
    """Refuse a photo with more of something than it may have.

    Raises:
        UndecodablePhotoError: It has.
    """
    if number > most:
        raise UndecodablePhotoError(f"it has more than {most:,} {what}")


def check_exif(exif: bytes | str) -> None:
    """Refuse EXIF that would keep Pillow busy: a tag of it may say the turn in millions of numbers.

    Raises:
        UndecodablePhotoError: It is longer than that of photos.
    """
    bounded(len(exif), *MAX_EXIF)


def number_at(form: str, data: bytes, position: int) -> int:
    """The number at a position; nought behind the end."""
    within = position + struct.calcsize(form) <= len(data)
    return int(struct.unpack_from(form, data, position)[0]) if within else 0
