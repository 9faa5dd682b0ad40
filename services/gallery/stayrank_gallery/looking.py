"""One look at the pixels of each photo: its size and its perceptual hash."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from stayrank_common.errors import PhotoError
from stayrank_common.images import Photo, PhotoLimits, Preprocessing, open_image
from stayrank_common.inputs import PhotoInput
from stayrank_gallery.hashing import perceptual_hash
from stayrank_gallery.scored import Look

_SMALL = Preprocessing(width=128, height=128)
_AT_ONCE = 2  # decoders; the models want the other cores


async def look_at_all(photos: Sequence[PhotoInput], limits: PhotoLimits) -> dict[str, Look]:
    """Look at photos in threads.

    Returns:
        By id. Photos that cannot be decoded here are missing: whether they can be used is for the
        models to say.
    """
    slots = asyncio.Semaphore(_AT_ONCE)

    async def look(photo: PhotoInput) -> Look | None:
        async with slots:
            return await asyncio.to_thread(look_at, photo, limits)

    looks = await asyncio.gather(*map(look, photos))
    return {photo.id: found for photo, found in zip(photos, looks, strict=True) if found}


def look_at(photo: PhotoInput, limits: PhotoLimits) -> Look | None:
    """Decode a photo, small; None where it cannot be decoded."""
    if isinstance(photo.source, PhotoError):
        return None
    try:
        opened = open_image(photo.source, _SMALL, limits)
        size = len(photo.source) if isinstance(photo.source, bytes) else photo.source.stat().st_size
    except (PhotoError, OSError):
        return None
    return _look(opened, size)


def _look(opened: Photo, size: int) -> Look:
    return Look(
        width=opened.width,
        height=opened.height,
        bytes=size,
        phash=f"{perceptual_hash(opened.pixels):016x}",
    )
