"""How well a NIMA model predicts what people like."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import pearsonr, spearmanr

from stayrank_common.ratings import earth_movers_distance, mean_score

if TYPE_CHECKING:
    from numpy.typing import NDArray

MIDDLE = 5.0  # of the scale, as NIMA and AVA divide it into good and bad


def evaluate(predicted: NDArray[np.floating], given: NDArray[np.floating]) -> dict[str, float]:
    """Measure a NIMA model as the paper does (table I), and its error in rating points.

    Args:
        predicted: `(photos, 10)` rating distributions.
        given: `(photos, 10)` rating distributions.

    Returns:
        `photos`, `emd` (r = 1), `emd_r2`, `lcc` and `srcc` (linear and rank correlation of the
        mean scores; not a number where all are the same), `accuracy_at_5` (share on the right
        side of 5, where 5 itself belongs below), `balanced_accuracy_at_5` (mean of the shares of
        both sides), `mean_score_error` and `mean_score_bias` (mean absolute error and mean error,
        in rating points), `spread` (standard deviation of the predicted mean scores over that of
        the given ones: below 1, the model plays safe).

    Raises:
        ValueError: If there are fewer than two photos.
    """
    if len(given) < 2:
        raise ValueError("correlations need at least two photos")
    p, q = mean_score(predicted), mean_score(given)
    constant = np.ptp(p) == 0 or np.ptp(q) == 0
    return {
        "photos": float(len(given)),
        "emd": float(earth_movers_distance(predicted, given, r=1).mean()),
        "emd_r2": float(earth_movers_distance(predicted, given, r=2).mean()),
        "lcc": math.nan if constant else float(pearsonr(p, q).statistic),
        "srcc": math.nan if constant else float(spearmanr(p, q).statistic),
        "accuracy_at_5": float(((p > MIDDLE) == (q > MIDDLE)).mean()),
        "balanced_accuracy_at_5": _balanced_accuracy(p > MIDDLE, q > MIDDLE),
        "mean_score_error": float(np.abs(p - q).mean()),
        "mean_score_bias": float((p - q).mean()),
        "spread": float(p.std() / q.std()) if np.ptp(q) else math.nan,
    }


def _balanced_accuracy(said: NDArray[np.bool_], good: NDArray[np.bool_]) -> float:
    """The mean over the sides that occur: the larger side must not hide the smaller one."""
    return float(np.mean([(said[good == side] == side).mean() for side in np.unique(good)]))
