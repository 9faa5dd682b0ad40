"""From raw outputs to numbers that mean what they say, fitted on validation photos."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq, minimize_scalar

from stayrank_models.answers import with_temperature
from stayrank_models.manifests import AestheticCalibration

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TINY = 1e-12  # a float32 softmax gives exact zeros


def fit_temperature(probabilities: NDArray[np.floating], truth: NDArray[np.intp]) -> float:
    """The temperature under which the right classes are most likely.

    Args:
        probabilities: `(batch, classes)`, raw.
        truth: `(batch,)` index of the right class.

    Returns:
        A temperature in [0.1, 10].

    Reference:
        Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, section 4.2.
    """

    def cost(log_temperature: float) -> float:
        p = with_temperature(probabilities, float(np.exp(log_temperature)))
        return float(-np.log(np.maximum(p[np.arange(len(truth)), truth], _TINY)).mean())

    bounds = (np.log(0.1), np.log(10.0))
    return float(np.exp(minimize_scalar(cost, bounds=bounds, method="bounded").x))


def matched_temperature(
    temperature: float, fitted: NDArray[np.floating], other: NDArray[np.floating]
) -> float:
    """The temperature at which another model is as sure of photos as one that was calibrated.

    A model that learnt from softened targets is less sure than its teachers without knowing less.
    On photos that none of them has learnt from, the difference shows and can be undone.

    Args:
        temperature: Of the first model.
        fitted: `(photos, classes)`, that model's raw probabilities.
        other: `(photos, classes)`, those of the other model.

    Returns:
        A temperature in [0.1, 10]: the nearest end, where none makes them equally sure.
    """
    sure = with_temperature(fitted, temperature).max(axis=1).mean()

    def surer(log_temperature: float) -> float:
        softened = with_temperature(other, float(np.exp(log_temperature)))
        return float(softened.max(axis=1).mean() - sure)

    low, high = np.log(0.1), np.log(10.0)
    if surer(low) <= 0 or surer(high) >= 0:
        return float(np.exp(low if surer(low) <= 0 else high))
    return float(np.exp(brentq(surer, low, high)))


def rating_tilt(
    predicted: NDArray[np.floating], given: NDArray[np.floating]
) -> NDArray[np.float32]:
    """The shifts of the ratings' logits that make the scores right on average.

    Among all distributions with the right average, the tilted ones `p_k · e^(a k)` are the closest
    to the predicted ones (Kullback and Leibler 1951); for a softmax that is a shift of its bias.

    Args:
        predicted: `(photos, 10)` rating distributions of photos that the model has not seen.
        given: `(photos, 10)`, what they were rated.

    Returns:
        `(10,)` shifts, of mean 0.
    """
    ratings = np.arange(1, 11) - 5.5
    wanted = (given @ ratings).mean()

    def excess(slope: float) -> float:
        tilted = predicted * np.exp(slope * ratings)
        return float((tilted @ ratings / tilted.sum(axis=1)).mean() - wanted)

    return np.asarray(brentq(excess, -5, 5) * ratings, dtype=np.float32)


def fit_aesthetics(mean_scores: NDArray[np.floating]) -> AestheticCalibration:
    """The percentiles of the predicted mean scores of the training photos, `(photos,)`."""
    percentiles = np.percentile(mean_scores, np.arange(101)).round(4)
    return AestheticCalibration(percentiles=tuple(map(float, percentiles)))
