"""How far a figure would move with other photos: bootstrap confidence intervals.

A resample draws as many photos as there are, with replacement. It is kept as *weights*: how often
each photo was drawn. A statistic of a resample is then a weighted statistic of the photos, for all
resamples at once, and drawing whole hotels instead of photos only changes the weights.

Reference:
    Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapters 6 and 13 (percentile
    interval); Field and Welsh, "Bootstrapping clustered data", JRSS B 2007 (whole clusters).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Weights = NDArray[np.integer]
    Statistic = Callable[[Weights], NDArray[np.floating]]

RESAMPLES = 2000
LEVEL = 0.95
SEED = 1
_CELLS = 2_000_000  # weights looked at together: 16 MiB as float64


class Interval(NamedTuple):
    """A figure lies between these in `LEVEL` of the resamples.

    Args:
        low: Lower end.
        high: Upper end.
    """

    low: float
    high: float


def photo_weights(photos: int, resamples: int = RESAMPLES, seed: int = SEED) -> Weights:
    """Draw photos.

    Args:
        photos: How many there are.
        resamples: How often to draw.
        seed: Another seed, other draws.

    Returns:
        `(resamples, photos)` int32: how often each was drawn; each row sums to `photos`.
    """
    return cluster_weights([str(index) for index in range(photos)], resamples, seed)


def cluster_weights(
    clusters: Sequence[str], resamples: int = RESAMPLES, seed: int = SEED
) -> Weights:
    """Draw clusters as wholes: the photos of one hotel are alike, and err together.

    Args:
        clusters: The cluster of each photo, for example its hotel.
        resamples: How often to draw.
        seed: Another seed, other draws.

    Returns:
        `(resamples, photos)` int32: how often each was drawn.
    """
    names, member = np.unique(np.asarray(clusters), return_inverse=True)
    rng = np.random.default_rng(seed)
    draws = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=resamples)
    return np.asarray(draws[:, member].astype(np.int32))


def plain(statistic: Statistic, photos: int) -> float:
    """A statistic of so many photos as they are, each of them once."""
    return float(statistic(np.ones((1, photos), np.int32))[0])


def interval(statistic: Statistic, weights: Weights) -> Interval | None:
    """The percentile interval of a statistic.

    Args:
        statistic: From `(resamples, photos)` weights to `(resamples,)` values; not a number where
            a resample leaves it undefined, for example a recall without a photo of the class.
        weights: Of `photo_weights` or `cluster_weights`.

    Returns:
        The interval over the resamples that define the statistic; none where fewer than `LEVEL`
        of them do, because the rest would tell of a better data set than this one.
    """
    rows = max(1, _CELLS // max(1, weights.shape[1]))
    blocks = [statistic(weights[i : i + rows]) for i in range(0, len(weights), rows)]
    values = np.concatenate(blocks)
    defined = values[np.isfinite(values)]
    if len(defined) < LEVEL * len(values):
        return None
    low, high = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(low), float(high))
