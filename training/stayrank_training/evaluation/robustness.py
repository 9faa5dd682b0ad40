"""Whether a worse copy of a photo gets a worse score.

A model that has learnt what people like must mind darkness, blur and a tilted horizon. Each copy
differs from its photo in one of these alone.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

from stayrank_common.ratings import mean_score

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Predict = Callable[[NDArray[np.uint8]], NDArray[np.floating]]
    Degrade = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]

STOPS = -1.5  # exposure value: the light falls to 35 %
SIGMA = 3.0  # pixels, of a picture 224 pixels wide
_SIGMA_WIDTH = 224
DEGREES = 12.0
_BATCH = 32


def darkened(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Expose `(batch, height, width, 3)` sRGB pixels 1.5 stops less, in linear light."""
    encoded = np.arange(256) / 255
    low = encoded <= 0.04045  # IEC 61966-2-1, where the curve is a line
    light = np.where(low, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4) * 2**STOPS
    low = light <= 0.0031308
    again = np.where(low, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.asarray((again * 255).round().astype(np.uint8)[pixels])


def blurred(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Blur `(batch, height, width, 3)` pixels as a lens out of focus does, with a Gaussian."""
    sigma = SIGMA * pixels.shape[2] / _SIGMA_WIDTH
    smooth = gaussian_filter(pixels.astype(np.float32), (0, sigma, sigma, 0), mode="nearest")
    return np.asarray(smooth.round().clip(0, 255).astype(np.uint8))


def tilted(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Turn `(batch, height, width, 3)` pixels by 12° and crop, so that no corner is empty."""
    return _viewed(pixels, math.radians(DEGREES), _crop(pixels.shape))


def cropped(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Crop `(batch, height, width, 3)` pixels as `tilted` does, without turning: the control."""
    return _viewed(pixels, 0.0, _crop(pixels.shape))


DEGRADATIONS: Mapping[str, Degrade] = {
    "darkened": darkened,
    "blurred": blurred,
    "tilted": tilted,
    "cropped": cropped,
}


def degraded_shares(
    predict: Predict,
    pixels: NDArray[np.uint8],
    degradations: Mapping[str, Degrade] = DEGRADATIONS,
) -> dict[str, float]:
    """Measure how mean scores move when photos are degraded.

    Args:
        predict: From `(batch, height, width, 3)` uint8 sRGB to `(batch, 10)` rating distributions.
        pixels: `(photos, height, width, 3)` uint8 sRGB, as the model takes them.
        degradations: What to try, by name.

    Returns:
        For each degradation `<name>_falls`, the share of photos whose mean score falls, and
        `<name>_change`, the mean change in rating points. `cropped` is the control for `tilted`,
        which cannot do without a crop.

    Raises:
        ValueError: If there is no photo.
    """
    if not len(pixels):
        raise ValueError("there is no photo to degrade")
    batches = [pixels[start : start + _BATCH] for start in range(0, len(pixels), _BATCH)]
    before = np.concatenate([mean_score(predict(batch)) for batch in batches])
    shares = {}
    for name, degrade in degradations.items():
        after = np.concatenate([mean_score(predict(degrade(batch))) for batch in batches])
        shares[f"{name}_falls"] = float((after < before).mean())
        shares[f"{name}_change"] = float((after - before).mean())
    return shares


def _crop(shape: tuple[int, ...]) -> float:
    """Side of the largest crop of the same shape that a turned picture fills, in [0, 1]."""
    height, width = shape[1:3]
    cos, sin = math.cos(math.radians(DEGREES)), math.sin(math.radians(DEGREES))
    return min(width / (width * cos + height * sin), height / (width * sin + height * cos))


def _viewed(pixels: NDArray[np.uint8], angle: float, side: float) -> NDArray[np.uint8]:
    """Look at a turned crop around the centre, enlarged to the old size in one interpolation."""
    height, width = pixels.shape[1:3]
    cos, sin = side * math.cos(angle), side * math.sin(angle)
    x, y = width / 2, height / 2
    to_source = (cos, -sin, x - cos * x + sin * y, sin, cos, y - sin * x - cos * y)
    return np.stack(
        [
            np.asarray(
                Image.fromarray(photo).transform(
                    (width, height), Image.Transform.AFFINE, to_source, Image.Resampling.BICUBIC
                )
            )
            for photo in pixels
        ]
    )
