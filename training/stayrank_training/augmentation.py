"""Photos changed at random: what is seen anew each time, and what must not give a class away.

Everything that moves pixels is one affine transform, everything that changes colours one matrix
(Haeberli 1993, "Matrix Operations for Image Processing"), so that a photo costs a few
milliseconds.
"""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stayrank_training.recipe_parts import Augmentation, Colour, Crop, Degradation, Rotation

    Rng = np.random.Generator

# How bright red, green and blue look (ITU-R BT.601), as Pillow turns photos grey.
_LUMA = np.array([0.299, 0.587, 0.114])
_ENLARGING = (Image.Resampling.BILINEAR, Image.Resampling.BICUBIC)


def augment(photo: NDArray[np.uint8], settings: Augmentation, rng: Rng) -> NDArray[np.uint8]:
    """Change a photo at random.

    Args:
        photo: `(height, width, 3)` uint8 RGB; left as it is.
        settings: What may change, and how much.
        rng: Where chance comes from.

    Returns:
        `(height, width, 3)` uint8 RGB.
    """
    image = _move(Image.fromarray(photo), settings, rng)
    if rng.random() < settings.colour.probability:
        image = _recolour(image, settings.colour, rng)
    return np.asarray(_degrade(image, settings.degradation, rng))


def _move(image: Image.Image, settings: Augmentation, rng: Rng) -> Image.Image:
    """Crop, turn and mirror in one go: `source = centre + A · (target − middle)`."""
    size = np.array(image.size, dtype=float)
    matrix, centre = np.eye(2), size / 2
    if rng.random() < settings.crop.probability:
        matrix, centre = _crop(size, settings.crop, rng)
    if rng.random() < settings.rotation.probability:
        matrix = matrix @ _turn(size, settings.rotation, rng)
    if rng.random() < settings.flip_probability:
        matrix = matrix @ np.diag([-1.0, 1.0])
    if np.array_equal(np.abs(matrix), np.eye(2)):
        mirrored = matrix[0, 0] < 0
        return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if mirrored else image
    offset = centre - matrix @ (size / 2)
    rows = np.column_stack([matrix, offset])
    data = tuple(map(float, rows.ravel()))
    return image.transform(
        image.size, Image.Transform.AFFINE, data, resample=Image.Resampling.BILINEAR
    )


def _crop(
    size: NDArray[np.float64], settings: Crop, rng: Rng
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The matrix that stretches a random part to the whole, and the centre of that part."""
    area = rng.uniform(*settings.scale)
    aspect = math.exp(rng.uniform(*np.log(settings.aspect)))
    shares = np.minimum(np.sqrt([area * aspect, area / aspect]), 1)
    first = rng.uniform(0, 1, 2) * (1 - shares)
    return np.diag(shares), (first + shares / 2) * size


def _turn(size: NDArray[np.float64], settings: Rotation, rng: Rng) -> NDArray[np.float64]:
    """A turn, shrunk so far that its corners stay within the part that is turned."""
    angle = math.radians(rng.uniform(-settings.degrees, settings.degrees))
    cos, sin = math.cos(angle), math.sin(angle)
    widest = max(size[0] / size[1], size[1] / size[0])
    return np.asarray(np.array([[cos, -sin], [sin, cos]]) / (cos + abs(sin) * widest))


def _recolour(image: Image.Image, settings: Colour, rng: Rng) -> Image.Image:
    """Brightness, contrast, saturation and hue as one 3 × 4 matrix."""

    def factor(strength: float) -> float:
        return float(rng.uniform(1 - strength, 1 + strength))

    grey = np.ones((3, 1)) * _LUMA  # turns every colour into its grey
    contrast, saturation = factor(settings.contrast), factor(settings.saturation)
    matrix = (saturation * np.eye(3) + (1 - saturation) * grey) @ _hue(settings.hue, rng)
    matrix *= contrast
    middle = float(np.asarray(image.resize((1, 1), Image.Resampling.BOX)).reshape(3) @ _LUMA)
    offset = np.full((3, 1), (1 - contrast) * middle)
    rows = factor(settings.brightness) * np.column_stack([matrix, offset])
    return image.convert("RGB", tuple(map(float, rows.ravel())))


def _hue(most: float, rng: Rng) -> NDArray[np.float64]:
    """A turn of all colours about the axis of greys (Rodrigues' formula)."""
    angle = 2 * math.pi * rng.uniform(-most, most)
    axis = 1 / math.sqrt(3)
    cross = axis * np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
    about = np.full((3, 3), axis * axis)
    return math.cos(angle) * np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * about


def _degrade(image: Image.Image, settings: Degradation, rng: Rng) -> Image.Image:
    """Fewer pixels, blur, compression; enlarged again at the end."""
    size = image.size
    if rng.random() < settings.resolution_probability:
        low, high = settings.edge
        edge = int(rng.integers(low, high + 1))
        smaller = (min(edge, size[0]), min(edge, size[1]))
        image = image.resize(smaller, Image.Resampling.BILINEAR)
    if rng.random() < settings.blur_probability:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(*settings.blur)))
    if rng.random() < settings.jpeg_probability:
        low, high = settings.jpeg_quality
        image = _compressed(image, int(rng.integers(low, high + 1)))
    if image.size == size:
        return image
    return image.resize(size, _ENLARGING[int(rng.integers(len(_ENLARGING)))])


def _compressed(image: Image.Image, quality: int) -> Image.Image:
    content = io.BytesIO()
    image.save(content, "JPEG", quality=quality)
    return Image.open(content).convert("RGB")
