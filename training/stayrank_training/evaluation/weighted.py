"""Statistics of weighted photos, for all resamples of a bootstrap at once.

Every function takes `weights`, `(resamples, photos)` whole numbers that say how often each photo
was drawn, and returns `(resamples,)` values: what the plain statistic gives where each photo
stands as often as it was drawn. A value is not a number where it is undefined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.floating]
    Flags = NDArray[np.bool_]
    Weights = NDArray[np.integer]

BINS = 10  # of confidence


class ClassRates(NamedTuple):
    """How well each class is recognised: `(resamples, classes)`, not a number where undefined.

    Args:
        precision: Share of what is said to be of the class that is.
        recall: Share of what is of the class that is said to be.
        f1: Their harmonic mean; undefined where the class does not occur.
    """

    precision: Values
    recall: Values
    f1: Values


def mean(values: Values | Flags, weights: Weights) -> Values:
    """The mean of `(photos,)` values; a share where they are flags."""
    return _ratio(weights @ values.astype(np.float64), weights.sum(axis=1))


def balanced_accuracy(said: Flags, good: Flags, weights: Weights) -> Values:
    """The mean of the accuracies where `good` and where not, over the sides that occur."""
    right = (said == good).astype(np.float64)
    sides = [_ratio(weights[:, s] @ right[s], weights[:, s].sum(axis=1)) for s in (good, ~good)]
    return _mean_of_defined(np.stack(sides, axis=-1))


def class_rates(
    predicted: NDArray[np.intp], truth: NDArray[np.intp], classes: int, weights: Weights
) -> ClassRates:
    """Count how well each class is recognised.

    Args:
        predicted: `(photos,)` index of the predicted class.
        truth: `(photos,)` index of the right class.
        classes: How many there are.
        weights: `(resamples, photos)`.
    """
    index = np.arange(classes)
    is_said, is_there = (x[:, None] == index for x in (predicted, truth))  # (photos, classes)
    said, there, hits = (
        weights @ mask.astype(np.float64) for mask in (is_said, is_there, is_said & is_there)
    )
    f1 = _ratio(2 * hits, np.where(there > 0, there + said, 0))
    return ClassRates(_ratio(hits, said), _ratio(hits, there), f1)


def macro_average(
    predicted: NDArray[np.intp],
    truth: NDArray[np.intp],
    classes: int,
    rate: Literal["precision", "recall", "f1"],
    weights: Weights,
) -> Values:
    """The mean of a rate over the classes that occur in each resample; see `class_rates`.

    The precision of a class that occurs and is never predicted counts as 0, as its F1 does.
    """
    rates = class_rates(predicted, truth, classes, weights)
    occurs = np.isfinite(rates.recall)
    return _mean_of_defined(np.where(occurs, np.nan_to_num(getattr(rates, rate)), np.nan))


def calibration_error(confidence: Values, right: Flags, weights: Weights) -> Values:
    """The expected calibration error: the mean gap of confidence and accuracy over bins of photos.

    Args:
        confidence: `(photos,)` largest probability.
        right: `(photos,)` whether that class was right.
        weights: `(resamples, photos)`.

    Reference:
        Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, equation 3.

    Example:
        Sure of two photos and right about one:

        >>> once = np.ones((1, 2), int)
        >>> calibration_error(np.array([1.0, 1.0]), np.array([True, False]), once)
        array([0.5])
    """
    member = confidence_bins(confidence)[:, None] == np.arange(BINS)  # (photos, bins)
    gaps = weights @ (member * (confidence - right)[:, None])
    return _ratio(abs(gaps).sum(axis=1), weights.sum(axis=1))


def confidence_bins(confidence: Values) -> NDArray[np.intp]:
    """`(photos,)`: in which of the `BINS` equal parts of [0, 1] a confidence lies."""
    return np.minimum((confidence * BINS).astype(np.intp), BINS - 1)


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
