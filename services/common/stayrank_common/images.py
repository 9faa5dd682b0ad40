"""Photos in: the one decoding function of training, serving, batch and tests."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PIL import Image
from pydantic import BaseModel, ConfigDict, Field

from stayrank_common.decoding.decoder import PlainDecoder
from stayrank_common.decoding.pixels import (
    FORMATS,
    PILLOW_MAX_PIXELS,
    SUFFIXES,
    Photo,
    PhotoLimits,
)

__all__ = [
    "FORMATS",
    "PILLOW_MAX_PIXELS",
    "SUFFIXES",
    "Photo",
    "PhotoLimits",
    "Preprocessing",
    "open_image",
    "open_scaled",
    "open_thumbnail",
]


class Preprocessing(BaseModel):
    """What a model's input looks like; part of every artifact's manifest.

    The photo is stretched to `width × height`. Scaling of the values to the backbone's range
    is inside the graph, so that models take `uint8` RGB.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    width: int = Field(default=224, ge=32, le=1024, description="pixels")
    height: int = Field(default=224, ge=32, le=1024, description="pixels")
    resize: Literal["stretch"] = "stretch"
    interpolation: Literal["bilinear", "bicubic", "nearest"] = "bilinear"


def open_image(
    source: bytes | Path,
    preprocessing: Preprocessing | None = None,
    limits: PhotoLimits | None = None,
    *,
    exact: bool = False,
) -> Photo:
    """Decode a photo into the input of a model, in this process.

    Args:
        source: The file's content, or its path.
        preprocessing: Size and interpolation; by default 224 × 224, bilinear with antialiasing.
        limits: What the photo may cost.
        exact: Decode every pixel before the resize: what the scaled decode is measured against.

    Returns:
        The photo, `(preprocessing.height, preprocessing.width, 3)` uint8 sRGB.

    Raises:
        OversizedPhotoError: It has too many bytes or pixels.
        UndecodablePhotoError: It is not an image of a supported format, or nothing of it decodes.
    """
    decoder = PlainDecoder(limits, exact=exact)
    return decoder.open_image(source, preprocessing or Preprocessing())


def open_scaled(source: bytes | Path, long_edge: int, limits: PhotoLimits | None = None) -> Photo:
    """Decode a photo at most `long_edge` pixels wide and high, its shape kept.

    Raises:
        OversizedPhotoError: It has too many bytes or pixels.
        UndecodablePhotoError: It is not an image of a supported format, or nothing of it decodes.
    """
    return PlainDecoder(limits).open_scaled(source, long_edge)


def open_thumbnail(
    source: bytes | Path, long_edge: int, limits: PhotoLimits | None = None
) -> Image.Image:
    """Decode a photo as `open_scaled` does, into a picture to draw or to encode.

    Raises:
        OversizedPhotoError: It has too many bytes or pixels.
        UndecodablePhotoError: It is not an image of a supported format, or nothing of it decodes.
    """
    return Image.fromarray(open_scaled(source, long_edge, limits).pixels)
