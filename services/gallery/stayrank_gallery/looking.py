"""One look at the pixels of each photo of a gallery."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from stayrank_common.decoding.decoder import Decoder
from stayrank_common.errors import PhotoError
from stayrank_common.inputs import PhotoInput
from stayrank_common.look import Look, look_at

_AT_ONCE = 2  # decoders; the models want the other cores


async def look_at_all(photos: Sequence[PhotoInput], decoder: Decoder) -> dict[str, Look]:
    """Look at photos in threads.

    Returns:
        By id. Photos that cannot be decoded here are missing: whether they can be used is for the
        models to say.
    """
    slots = asyncio.Semaphore(_AT_ONCE)

    async def look(photo: PhotoInput) -> Look | None:
        async with slots:
            return await asyncio.to_thread(look_at_one, photo, decoder)

    looks = await asyncio.gather(*map(look, photos))
    return {photo.id: found for photo, found in zip(photos, looks, strict=True) if found}


def look_at_one(photo: PhotoInput, decoder: Decoder) -> Look | None:
    """Look at a photo; None where it cannot be decoded."""
    if isinstance(photo.source, PhotoError):
        return None
    try:
        return look_at(photo.source, decoder)
    except PhotoError:
        return None
