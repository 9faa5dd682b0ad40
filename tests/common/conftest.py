"""What several tests of `stayrank_common` share."""

import importlib.util

import numpy as np
import pytest

HEIC = ["HEIF"] if importlib.util.find_spec("pillow_heif") else []
LOSSLESS = [
    ("PNG", {}),
    ("BMP", {}),
    ("TIFF", {}),
    ("TIFF", {"compression": "tiff_lzw"}),
    ("TIFF", {"compression": "tiff_deflate"}),
    ("WEBP", {"lossless": True}),
]
LOSSY = [
    ("JPEG", {}),
    ("JPEG", {"progressive": True}),
    ("MPO", {}),
    ("WEBP", {}),
    ("AVIF", {}),
    ("GIF", {}),
    ("TIFF", {"compression": "jpeg"}),
    *((name, {}) for name in HEIC),
]


def difference(one, other) -> float:
    """How far apart two pictures are on average, 0..255."""
    return float(np.abs(np.asarray(one, float) - np.asarray(other, float)).mean())


class Clock:
    """A clock that stands still until it is told how late it is."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()
