"""Near-duplicates made of the photos of a gallery."""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from stayrank_common.errors import PhotoError
from stayrank_common.images import open_thumbnail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stayrank_training.data.galleries import RatedGallery

COPIED = 10  # photos, the best rated
_EDGE = 2048  # pixels: larger photos are copied at this size
_QUALITY = 90
_SEED = 1  # deals the changes


@dataclass(frozen=True, slots=True)
class NearCopy:
    """A changed copy of a photo.

    Args:
        id: Its name, which tells the change.
        original: Name of the photo.
        content: A JPEG file.
    """

    id: str
    original: str
    content: bytes


def cropped(photo: Image.Image) -> Image.Image:
    """Cut 3 % off each side."""
    return _within(photo, 0.03, 0.03, 0.97, 0.97)


def shifted(photo: Image.Image) -> Image.Image:
    """Cut 4 % off the left and upper sides, as if the camera had moved."""
    return _within(photo, 0.04, 0.04, 1, 1)


def halved(photo: Image.Image) -> Image.Image:
    """Scale to half the width and height."""
    return photo.reduce(2)


def brightened(photo: Image.Image) -> Image.Image:
    """Multiply the values by 1.15."""
    return photo.point([min(255, round(1.15 * value)) for value in range(256)] * 3)


def reencoded(photo: Image.Image) -> Image.Image:
    """Write as a JPEG of quality 50 and read it again."""
    return Image.open(io.BytesIO(_jpeg(photo, 50))).convert("RGB")


CHANGES: Mapping[str, Callable[[Image.Image], Image.Image]] = {
    "cropped": cropped,
    "shifted": shifted,
    "halved": halved,
    "brightened": brightened,
    "reencoded": reencoded,
}


def near_copies(gallery: RatedGallery) -> list[NearCopy]:
    """Copy the best rated photos that can be read, which would be shown twice, once each."""
    photos = list(islice(_readable(gallery), COPIED))
    deck = np.resize(list(CHANGES), len(photos))
    changes = np.random.default_rng(_SEED).permutation(deck).tolist()
    return [
        _copy(file, photo, change) for (file, photo), change in zip(photos, changes, strict=True)
    ]


def every_copy(gallery: RatedGallery) -> list[NearCopy]:
    """Copy every photo that can be read in every way."""
    return [_copy(file, photo, change) for file, photo in _readable(gallery) for change in CHANGES]


def _copy(file: str, photo: Image.Image, change: str) -> NearCopy:
    return NearCopy(f"{file} ({change})", file, _jpeg(CHANGES[change](photo), _QUALITY))


def _readable(gallery: RatedGallery) -> Iterator[tuple[str, Image.Image]]:
    """The photos, the best rated first."""
    for index in np.argsort(-gallery.ratings, kind="stable"):
        file = gallery.files[index]
        try:
            photo = open_thumbnail(gallery.folder / file, _EDGE)
        except PhotoError:
            continue  # the models say what is wrong with it
        yield file, photo


def _within(photo: Image.Image, *shares: float) -> Image.Image:
    """The part between (left, upper, right, lower) shares of the width and height."""
    size = (*photo.size, *photo.size)
    left, upper, right, lower = (
        round(share * length) for share, length in zip(shares, size, strict=True)
    )
    return photo.crop((left, upper, right, lower))


def _jpeg(photo: Image.Image, quality: int) -> bytes:
    content = io.BytesIO()
    photo.save(content, "JPEG", quality=quality)
    return content.getvalue()
