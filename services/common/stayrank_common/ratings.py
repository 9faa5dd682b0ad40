"""Rating distributions: what NIMA predicts and what people gave.

A *rating distribution* is a vector of ten probabilities, one for each rating 1..10, that sums to 1.
All functions take an array of shape `(..., 10)` and work on the last axis.

>>> import numpy as np
>>> half = np.eye(10)[6] / 2 + np.eye(10)[8] / 2  # half the votes on 7, half on 9
>>> float(mean_score(half)), float(score_std(half))
(8.0, 1.0)

Reference:
    Talebi and Milanfar, "NIMA: Neural Image Assessment", IEEE TIP 2018, section III.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

RATINGS: NDArray[np.float64] = np.arange(1.0, 11.0)
RATINGS.setflags(write=False)

Array = NDArray[np.floating[Any]]


def normalised(counts: ArrayLike) -> Array:
    """Turn vote counts into rating distributions.

    Args:
        counts: `(..., 10)` non-negative votes for the ratings 1..10.

    Returns:
        `(..., 10)` float64 frequencies, each row summing to 1.

    Raises:
        ValueError: If a row is not ten non-negative finite numbers, or has no vote at all.
    """
    votes = np.asarray(counts, dtype=np.float64)
    if votes.shape[-1:] != (10,):
        raise ValueError(f"expected ten counts a row, got shape {votes.shape}")
    if not np.isfinite(votes).all() or (votes < 0).any():
        raise ValueError("expected finite, non-negative counts")
    total = votes.sum(axis=-1, keepdims=True)
    if (total == 0).any():
        raise ValueError("expected at least one vote a row")
    return np.asarray(votes / total)


def mean_score(distribution: ArrayLike) -> Array:
    """The expected rating, in [1, 10], of shape `(...)`."""
    return np.asarray(np.asarray(distribution, dtype=np.float64) @ RATINGS)


def score_std(distribution: ArrayLike) -> Array:
    """The standard deviation of the rating, in [0, 4.5], of shape `(...)`."""
    p = np.asarray(distribution, dtype=np.float64)
    deviation = RATINGS - mean_score(p)[..., None]
    return np.asarray(np.sqrt((p * deviation**2).sum(axis=-1)))


def earth_movers_distance(p: ArrayLike, q: ArrayLike, r: float = 1.0) -> Array:
    """Distance between rating distributions that respects the order of ratings.

        EMD_r(p, q) = (1/10 · Σ_k |CDF_p(k) − CDF_q(k)|^r)^(1/r)

    Args:
        p: `(..., 10)` rating distributions.
        q: `(..., 10)` rating distributions.
        r: Order of the norm: 2 in training, 1 in reports.

    Returns:
        `(...)` distances in [0, 1].

    Raises:
        ValueError: If `r` is below 1.

    Reference:
        NIMA, equation 1.

    Example:
        All votes on 10 against all votes on 1: nine of ten cumulative bins differ.

        >>> float(earth_movers_distance(np.eye(10)[9], np.eye(10)[0]))
        0.9
    """
    if r < 1:
        raise ValueError(f"expected r of at least 1, got {r}")
    gap = np.cumsum(p, axis=-1) - np.cumsum(q, axis=-1)
    return np.asarray(np.mean(np.abs(gap) ** r, axis=-1) ** (1 / r))
