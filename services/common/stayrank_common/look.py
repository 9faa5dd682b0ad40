"""What a photo looks like, as far as that can be measured: size, light, sharpness, tilt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import Field

from stayrank_common.decoding.decoder import Decoder, PlainDecoder
from stayrank_common.hashing import perceptual_hash
from stayrank_common.schemas import Probability, Schema
from stayrank_common.tilt import tilt_degrees

_EDGE = 320  # pixels of the longer side at which a photo is looked at
_SHARPNESS_EDGE = 160  # half of the smallest photos that sites take, so that size hides no blur
_DARK, _CLIPPED = 0.2, 0.99  # luma
Array = NDArray[np.floating[Any]]

_MOST = 2**31 - 1  # pixels; no format has more


class Look(Schema):
    """Measures of one photo. Luma is that of ITU-R BT.601, from 0 (black) to 1 (white)."""

    width: int = Field(
        ge=1, le=_MOST, description="Of the original in pixels, after its EXIF turn."
    )
    height: int = Field(
        ge=1, le=_MOST, description="Of the original in pixels, after its EXIF turn."
    )
    bytes: int = Field(ge=0, description="Size of the file.")
    phash: str = Field(
        pattern=r"^[0-9a-f]{16}$",
        description="Perceptual hash, 64 bits: those of near-duplicates differ in few.",
    )
    luminance: Probability = Field(description="Mean luma.")
    highlight: Probability = Field(description="Luma that the brightest 5 % of the pixels reach.")
    dark_share: Probability = Field(description="Share of the pixels with a luma below 0.2.")
    clipped_share: Probability = Field(description="Share of the pixels with a luma from 0.99.")
    sharpness: float = Field(
        ge=0,
        le=4,
        description="Squared second over squared first differences along the worst of four "
        "directions, 160 pixels on the longer side: below 0.8 blurred or shaken, about 1.5 sharp. "
        "Exposure does not change it.",
    )
    tilt_degrees: float | None = Field(
        default=None,
        ge=-20,
        le=20,
        description="By how much the scene is turned counter-clockwise; none where doubtful.",
    )

    @property
    def pixels(self) -> int:
        """Width times height."""
        return self.width * self.height


def look_at(source: bytes | Path, decoder: Decoder | None = None) -> Look:
    """Decode and measure a photo.

    Args:
        source: The file's content, or its path.
        decoder: Opens the photo; by default this process does.

    Raises:
        OversizedPhotoError: It has too many bytes or pixels.
        UndecodablePhotoError: It is not an image of a supported format, or nothing of it decodes.
    """
    photo = (decoder or PlainDecoder()).open_scaled(source, _EDGE)
    grey = Image.fromarray(photo.pixels).convert("L")
    luma = np.asarray(grey, dtype=np.float64) / 255
    tilt = tilt_degrees(luma)
    return Look(
        width=photo.width,
        height=photo.height,
        bytes=len(source) if isinstance(source, bytes) else source.stat().st_size,
        phash=f"{perceptual_hash(grey):016x}",
        luminance=_rounded(luma.mean()),
        highlight=_rounded(np.quantile(luma, 0.95)),
        dark_share=_rounded((luma < _DARK).mean()),
        clipped_share=_rounded((luma >= _CLIPPED).mean()),
        sharpness=_rounded(_sharpness(grey)),
        tilt_degrees=None if tilt is None else _rounded(tilt),
    )


def _rounded(measure: float | np.floating[Any]) -> float:
    return round(float(measure), 4)


def _sharpness(grey: Image.Image) -> float:
    """Min over four directions of Σ(second differences)² / Σ(first differences)².

    Each quotient is the squared spatial frequency in which most of the contrast along a direction
    lies. The least one counts because a shaken camera blurs along its path only. The second
    differences alone are the classical measure of focus (Pech-Pacheco et al., "Diatom autofocusing
    in brightfield microscopy", ICPR 2000); in the quotient, contrast cancels out.
    """
    scale = _SHARPNESS_EDGE / max(grey.size)
    size = (max(1, round(grey.width * scale)), max(1, round(grey.height * scale)))
    luma = np.asarray(grey.resize(size, Image.Resampling.BILINEAR), dtype=np.float64) / 255
    quotients = []
    for step in (_down, _right, _falling, _rising):
        first = step(luma)
        contrast = (first**2).sum()
        if contrast:
            quotients.append(float((step(first) ** 2).sum() / contrast))
    return min(quotients, default=0.0)


def _down(g: Array) -> Array:
    return np.asarray(g[1:] - g[:-1])


def _right(g: Array) -> Array:
    return np.asarray(g[:, 1:] - g[:, :-1])


def _falling(g: Array) -> Array:
    return np.asarray(g[1:, 1:] - g[:-1, :-1])


def _rising(g: Array) -> Array:
    return np.asarray(g[1:, :-1] - g[:-1, 1:])
