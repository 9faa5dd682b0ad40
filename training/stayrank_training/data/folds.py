"""Folds by hotel: two photos of one room must not lie on both sides of a judgement."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from stayrank_training.data.photos import TaggedPhoto


def fold_numbers(photos: Sequence[TaggedPhoto], folds: int, seed: int) -> NDArray[np.intp]:
    """Deal photos into folds.

    A hotel goes into one fold as a whole. A photo without a hotel counts as one of its own. The
    choice hangs on the name and the seed alone, so that it stays when photos come or go.

    Args:
        photos: Photos with tags.
        folds: How many; about equally many hotels in each.
        seed: Another seed, another choice.

    Returns:
        `(photos,)` numbers from 0 to `folds - 1`.
    """
    return folds_by_name((photo.hotel or photo.file for photo in photos), folds, seed)


def folds_by_name(groups: Iterable[str], folds: int, seed: int) -> NDArray[np.intp]:
    """Deal groups into folds by their names.

    Args:
        groups: For each photo the name of its group.
        folds: How many.
        seed: Another seed, another choice.

    Returns:
        `(photos,)` numbers from 0 to `folds - 1`.
    """
    return np.array([name_hash(name, seed) % folds for name in groups], dtype=np.intp)


def name_hash(name: str, seed: int) -> int:
    """A number in [0, 2⁶⁴) that hangs on the name and the seed alone."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{name}".encode()).digest()[:8], "big")
