"""From raw outputs to numbers that mean what they say, fitted on validation photos."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize_scalar

from stayrank_models.artifacts import AestheticCalibration, TaggingCalibration
from stayrank_models.predictors import with_temperature

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


def fit_tagging(
    probabilities: NDArray[np.floating], truth: NDArray[np.intp], kept_share: float
) -> TaggingCalibration:
    """Fit the temperature, then the threshold below which a photo counts as of no known area.

    Args:
        probabilities: `(batch, classes)`, raw.
        truth: `(batch,)` index of the right class.
        kept_share: Share of the rightly tagged photos that the threshold keeps.

    Raises:
        ValueError: If not one photo is tagged rightly.
    """
    temperature = fit_temperature(probabilities, truth)
    right = probabilities.argmax(axis=1) == truth
    if not right.any():
        raise ValueError("no validation photo is tagged rightly; there is nothing to calibrate")
    confidence = with_temperature(probabilities, temperature).max(axis=1)[right]
    threshold = float(np.quantile(confidence, 1 - kept_share))
    return TaggingCalibration(temperature=round(temperature, 4), threshold=round(threshold, 4))


def fit_aesthetics(mean_scores: NDArray[np.floating]) -> AestheticCalibration:
    """The percentiles of the predicted mean scores of the training photos, `(photos,)`."""
    percentiles = np.percentile(mean_scores, np.arange(101)).round(4)
    return AestheticCalibration(percentiles=tuple(map(float, percentiles)))
