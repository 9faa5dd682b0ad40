"""Statistics of weighted photos, for all resamples of a bootstrap at once.

Every function takes `weights`, `(resamples, photos)` whole numbers that say how often each photo
was drawn, and returns `(resamples,)` values: what the plain statistic gives where each photo
stands as often as it was drawn. A value is not a number where it is undefined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.floating]
    Flags = NDArray[np.bool_]
    Weights = NDArray[np.integer]


_BINS = 10  # of confidence


def mean(values: Values | Flags, weights: Weights) -> Values:
    """The mean of `(photos,)` values; a share where they are flags."""
    return _ratio(weights @ values.astype(np.float64), weights.sum(axis=1))


def balanced_accuracy(said: Flags, good: Flags, weights: Weights) -> Values:
    """The mean of the accuracies where `good` and where not, over the sides that occur."""
    right = (said == good).astype(np.float64)
    sides = [_ratio(weights[:, s] @ right[s], weights[:, s].sum(axis=1)) for s in (good, ~good)]
    return _mean_of_defined(np.stack(sides, axis=-1))


def macro_f1(predicted: NDArray[np.intp], truth: NDArray[np.intp], weights: Weights) -> Values:
    """The mean F1 over the classes that occur in each resample.

    Args:
        predicted: `(photos,)` index of the predicted class.
        truth: `(photos,)` index of the right class.
        weights: `(resamples, photos)`.
    """
    scores = []
    for label in np.unique(truth):
        hits = weights @ ((predicted == label) & (truth == label)).astype(np.float64)
        there = weights @ (truth == label).astype(np.float64)
        said = weights @ (predicted == label).astype(np.float64)
        scores.append(np.where(there > 0, 2 * hits / np.maximum(there + said, 1), np.nan))
    return _mean_of_defined(np.stack(scores, axis=-1))


def macro_precision(
    predicted: NDArray[np.intp], truth: NDArray[np.intp], weights: Weights
) -> Values:
    """The mean precision over the classes that occur in each resample; see `macro_f1`.

    That of a class which is never predicted counts as 0.
    """
    shares = []
    for label in np.unique(truth):
        said = weights @ (predicted == label).astype(np.float64)
        hits = weights @ ((predicted == label) & (truth == label)).astype(np.float64)
        there = weights @ (truth == label)
        shares.append(np.where(there > 0, hits / np.maximum(said, 1), np.nan))
    return _mean_of_defined(np.stack(shares, axis=-1))


def macro_recall(predicted: NDArray[np.intp], truth: NDArray[np.intp], weights: Weights) -> Values:
    """The mean recall over the classes that occur in each resample; see `macro_f1`."""
    right = (predicted == truth).astype(np.float64)
    own = [truth == label for label in np.unique(truth)]
    recalls = [_ratio(weights[:, mine] @ right[mine], weights[:, mine].sum(axis=1)) for mine in own]
    return _mean_of_defined(np.stack(recalls, axis=-1))


def calibration_error(confidence: Values, right: Flags, weights: Weights) -> Values:
    """How far confidence is from accuracy: the mean gap over ten bins, weighted by size.

    Args:
        confidence: `(photos,)` largest probability.
        right: `(photos,)` whether that class was right.
        weights: `(resamples, photos)`.
    """
    member = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    bins = (member == np.arange(_BINS)[:, None]).astype(np.float64)  # (bins, photos)
    gaps = weights @ (bins * (confidence - right)).T
    return _ratio(abs(gaps).sum(axis=1), weights.sum(axis=1))


def linear_correlation(x: Values, y: Values, weights: Weights) -> Values:
    """Pearson's correlation of `(photos,)` or `(resamples, photos)` values."""
    total = weights.sum(axis=1, keepdims=True)
    dx = x - _ratio((weights * x).sum(axis=1, keepdims=True), total)
    dy = y - _ratio((weights * y).sum(axis=1, keepdims=True), total)
    varies = (_range(x, weights) > 0) & (_range(y, weights) > 0)
    norm = np.sqrt((weights * dx**2).sum(axis=1) * (weights * dy**2).sum(axis=1))
    return np.where(varies, _ratio((weights * dx * dy).sum(axis=1), norm), np.nan)


def rank_correlation(x: Values, y: Values, weights: Weights) -> Values:
    """Spearman's correlation of `(photos,)` values; ties share their mean rank."""
    return linear_correlation(_ranks(x, weights), _ranks(y, weights), weights)


def spread(predicted: Values, given: Values, weights: Weights) -> Values:
    """The standard deviation of `(photos,)` predictions over that of what was given."""
    return _ratio(_std(predicted, weights), _std(given, weights))


def _ranks(values: Values, weights: Weights) -> Values:
    """`(resamples, photos)`: the mean of the ranks that the copies of a photo share.

    With `below` drawn photos of a lower value and `equal` of the same one, these copies stand at
    the ranks below + 1 … below + equal.
    """
    distinct, member = np.unique(values, return_inverse=True)
    equal = np.zeros((len(weights), len(distinct)))
    np.add.at(equal.T, member, weights.T)
    below = np.cumsum(equal, axis=1) - equal
    return np.asarray((below + (equal + 1) / 2)[:, member])


def _std(values: Values, weights: Weights) -> Values:
    centred = values - values.mean()  # so that the difference of squares stays exact
    variance = mean(centred**2, weights) - mean(centred, weights) ** 2
    return np.where(_range(values, weights) > 0, np.sqrt(np.maximum(variance, 0)), 0.0)


def _range(values: Values, weights: Weights) -> Values:
    """Largest minus smallest drawn value: exactly 0 where all drawn ones are the same."""
    drawn = weights > 0
    high = np.where(drawn, values, -np.inf).max(axis=1)
    return np.asarray(high - np.where(drawn, values, np.inf).min(axis=1))


def _mean_of_defined(values: Values) -> Values:
    """The mean over the last axis of what is a number; not a number where nothing is."""
    defined = np.isfinite(values)
    return _ratio(np.where(defined, values, 0).sum(axis=-1), defined.sum(axis=-1))


def _ratio(above: Values | Weights, below: Values | Weights) -> Values:
    """Divide, and give not a number where there is nothing to divide by."""
    nothing = np.full(np.broadcast(above, below).shape, np.nan)
    return np.asarray(np.divide(above, below, out=nothing, where=np.asarray(below) > 0))
