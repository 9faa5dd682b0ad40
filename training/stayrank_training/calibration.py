"""From raw outputs to numbers that mean what they say, fitted on validation photos."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize_scalar

from stayrank_models.artifacts import AestheticCalibration
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


def fit_aesthetics(mean_scores: NDArray[np.floating]) -> AestheticCalibration:
    """The percentiles of the predicted mean scores of the training photos, `(photos,)`."""
    percentiles = np.percentile(mean_scores, np.arange(101)).round(4)
    return AestheticCalibration(percentiles=tuple(map(float, percentiles)))
