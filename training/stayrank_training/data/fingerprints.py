"""Fingerprints of photos: the hash of the file, and what tells one picture from others.

Near-duplicates are found by their perceptual hashes (pHash, 64 bits), which differ in few bits,
and confirmed by the correlation of their thumbnails: a hash alone is either blind to small crops
or takes any two bathrooms for one.

Reference:
    Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import imagehash
import numpy as np
from PIL import Image

from stayrank_common.errors import PhotoError
from stayrank_common.images import Preprocessing, open_image
from stayrank_training.progress import mapped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_LOOK = Preprocessing(width=128, height=128)  # pHash shrinks to 32 × 32
_THUMBNAIL = (16, 16)
# Measured in docs/experiments.md: finds 97 % of crops by 3 % on each side, and on 8,306 photos no
# two that differ.
MAX_DISTANCE, MIN_CORRELATION = 14, 0.9
_CHUNK = 512  # rows of the distance matrix at a time: 40 MB for 10,000 photos


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """What tells a photo from others.

    Args:
        sha256: Of the file.
        phash: 64 bits.
        thumbnail: `(768,)` float32: 16 × 16 RGB, mean 0, length 1 (0 where all of one colour).
        pixels: Width times height.
        size: Of the file in bytes.
    """

    sha256: str
    phash: int
    thumbnail: NDArray[np.float32]
    pixels: int
    size: int


def fingerprints(paths: Sequence[Path]) -> list[Fingerprint | str]:
    """Look at photos; text where one cannot be read says why."""
    return list(mapped(_fingerprint, paths, "hashing"))


def near_pairs(
    prints: Sequence[Fingerprint], max_distance: int, min_correlation: float
) -> NDArray[np.intp]:
    """Compare all photos with each other.

    Args:
        prints: What tells them apart.
        max_distance: Bits in which the hashes may differ.
        min_correlation: Of the thumbnails.

    Returns:
        `(2, pairs)` indices of near-duplicates; each pair once.
    """
    hashes = np.array([one.phash for one in prints], dtype=np.uint64)
    pairs = [np.empty((2, 0), dtype=np.intp)]
    for start in range(0, len(hashes), _CHUNK):
        # A chunk looks at itself and at what comes after it.
        distance = np.bitwise_count(hashes[start : start + _CHUNK, None] ^ hashes[None, start:])
        first, second = np.nonzero(distance <= max_distance)
        later = second > first
        pairs.append(np.stack([first[later], second[later]]) + start)
    first, second = np.concatenate(pairs, axis=1)
    correlation = (
        prints[a].thumbnail @ prints[b].thumbnail for a, b in zip(first, second, strict=True)
    )
    confirmed = np.fromiter(correlation, np.float32, len(first)) >= min_correlation
    return np.stack([first[confirmed], second[confirmed]])


def _fingerprint(path: Path) -> Fingerprint | str:
    try:
        content = path.read_bytes()
        photo = open_image(content, _LOOK)
    except (PhotoError, OSError) as error:
        return str(error)
    picture = Image.fromarray(photo.pixels)
    bits = imagehash.phash(picture).hash.ravel()
    thumbnail = np.asarray(picture.resize(_THUMBNAIL, Image.Resampling.BOX), np.float32).ravel()
    thumbnail = thumbnail - thumbnail.mean()
    return Fingerprint(
        sha256=hashlib.sha256(content).hexdigest(),
        phash=int.from_bytes(np.packbits(bits).tobytes(), "big"),
        thumbnail=thumbnail / max(float(np.linalg.norm(thumbnail)), 1.0),
        pixels=photo.width * photo.height,
        size=len(content),
    )
