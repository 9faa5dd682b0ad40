"""The perceptual hash of a photo (pHash): which of its coarse waves are stronger than the median.

Copies of one picture in other sizes, qualities or formats differ in few of the 64 bits.

Reference:
    Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

_EDGE, _WAVES = 32, 8
# (8, 32): the lowest waves of the discrete cosine transform (DCT-II), unnormalised.
_COSINES = np.cos(np.pi / _EDGE * np.arange(_WAVES)[:, None] * (np.arange(_EDGE)[None, :] + 0.5))


def perceptual_hash(grey: Image.Image) -> int:
    """Return the 64 bits of a grey picture."""
    small = grey.resize((_EDGE, _EDGE), Image.Resampling.LANCZOS)
    waves = _COSINES @ np.asarray(small, dtype=np.float64) @ _COSINES.T
    bits = waves > np.median(waves)
    return int.from_bytes(np.packbits(bits).tobytes(), "big")
