"""Heat over photos, in colours that everybody can tell apart.

The colours run straight through the colour space OKLab, from a dark blue to a light yellow: equal
steps of heat look equally far apart, lightness alone tells them too (in print, on a poor screen),
and blue and yellow are what people with red-green colour blindness keep.

Reference:
    Ottosson, "A perceptual color space for image processing", 2020.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Lightness, green-red and blue-yellow of the ends; all that lies between is inside sRGB.
_COLD, _HOT = (0.33, -0.01, -0.125), (0.94, -0.045, 0.16)
_TO_CONE_ROOTS = np.array(
    [
        [1, 0.3963377774, 0.2158037573],
        [1, -0.1055613458, -0.0638541728],
        [1, -0.0894841775, -1.2914855480],
    ]
)
_CONES_TO_LINEAR_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)
# Cold places stay visible, and the hottest still show what is there.
_FAINTEST, _STRONGEST = 0.35, 0.75


def colours(heat: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Colour heat.

    Args:
        heat: `(...)` in 0..1.

    Returns:
        `(..., 3)` sRGB.
    """
    lab = np.asarray(_COLD) + np.asarray(heat)[..., None] * np.subtract(_HOT, _COLD)
    linear = ((lab @ _TO_CONE_ROOTS.T) ** 3 @ _CONES_TO_LINEAR_RGB.T).clip(0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray((255 * encoded).round(), dtype=np.uint8)


def overlay(photo: Image.Image, heat: NDArray[np.floating]) -> Image.Image:
    """Lay heat over a photo.

    The photo turns grey, so that every colour in the picture is heat; the hotter a place, the
    more it is coloured.

    Args:
        photo: Of any size.
        heat: `(rows, columns)` in 0..1; spread over the photo bilinearly.

    Returns:
        An RGB image of the size of the photo.
    """
    small = Image.fromarray(np.asarray(heat, dtype=np.float32))
    spread = np.asarray(small.resize(photo.size, Image.Resampling.BILINEAR)).clip(0, 1)[..., None]
    grey = np.asarray(photo.convert("L"), dtype=np.float32)[..., None]
    opacity = _FAINTEST + (_STRONGEST - _FAINTEST) * spread
    blended = grey + opacity * (colours(spread[..., 0]) - grey)
    return Image.fromarray(blended.round().astype(np.uint8))
