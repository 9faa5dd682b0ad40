"""What a photo looks like, as far as that can be measured: size, light, sharpness, tilt."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from pydantic import Field

from stayrank_common.hashing import perceptual_hash
from stayrank_common.images import PhotoLimits, open_scaled
from stayrank_common.schemas import Probability, Schema
from stayrank_common.tilt import tilt_degrees

_EDGE = 320  # pixels of the longer side at which a photo is looked at
_SHARPNESS_EDGE = 160  # half of the smallest photos that sites take, so that size hides no blur
_DARK, _CLIPPED = 0.2, 0.99  # luma
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
        le=8,
        description="Variance of the Laplacian over the mean squared gradient, 160 pixels on the "
        "longer side: about 0.3 blurred, from 1.1 sharp. Exposure does not change it.",
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


def look_at(source: bytes | Path, limits: PhotoLimits | None = None) -> Look:
    """Decode and measure a photo.

    Args:
        source: The file's content, or its path.
        limits: What the photo may cost.

    Raises:
        OversizedPhotoError: It has too many bytes or pixels.
        UndecodablePhotoError: It is not an image of a supported format, or nothing of it decodes.
    """
    photo = open_scaled(source, _EDGE, limits)
    grey = Image.fromarray(photo.pixels).convert("L")
    luma = np.asarray(grey, dtype=np.float64) / 255
    return Look(
        width=photo.width,
        height=photo.height,
        bytes=len(source) if isinstance(source, bytes) else source.stat().st_size,
        phash=f"{perceptual_hash(grey):016x}",
        luminance=float(luma.mean()),
        highlight=float(np.quantile(luma, 0.95)),
        dark_share=float((luma < _DARK).mean()),
        clipped_share=float((luma >= _CLIPPED).mean()),
        sharpness=_sharpness(grey),
        tilt_degrees=tilt_degrees(luma),
    )


def _sharpness(grey: Image.Image) -> float:
    """Var(Δg) / E(|∇g|²): the squared spatial frequency in which most of the contrast lies.

    The variance of the Laplacian is the classical measure (Pech-Pacheco et al., "Diatom
    autofocusing in brightfield microscopy", ICPR 2000). Like the gradient's square it is quadratic
    in contrast, which so leaves the quotient. −Δ = ∇ᵀ∇ has eigenvalues in [0, 8), so has that.
    """
    scale = _SHARPNESS_EDGE / max(grey.size)
    size = (max(1, round(grey.width * scale)), max(1, round(grey.height * scale)))
    luma = np.asarray(grey.resize(size, Image.Resampling.BILINEAR), dtype=np.float64) / 255
    down, right = np.diff(luma, axis=0), np.diff(luma, axis=1)
    contrast = (down**2).sum() + (right**2).sum()
    if not contrast:
        return 0.0
    # Beyond the border nothing changes.
    laplacian = np.diff(np.pad(down, ((1, 1), (0, 0))), axis=0)
    laplacian += np.diff(np.pad(right, ((0, 0), (1, 1))), axis=1)
    return float(laplacian.var() * luma.size / contrast)
