"""How well a NIMA model predicts what people like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import pearsonr, spearmanr

from stayrank_common.ratings import earth_movers_distance, mean_score

if TYPE_CHECKING:
    from numpy.typing import NDArray


def evaluate(predicted: NDArray[np.floating], given: NDArray[np.floating]) -> dict[str, float]:
    """Measure a NIMA model as the paper does (table I), and its error in rating points.

    Args:
        predicted: `(photos, 10)` rating distributions.
        given: `(photos, 10)` rating distributions.

    Returns:
        `photos`, `emd` (r = 1), `lcc` and `srcc` (linear and rank correlation of the mean
        scores), `accuracy_at_5` (share on the right side of 5), `mean_score_error` (mean absolute
        error in rating points).

    Raises:
        ValueError: If there are fewer than two photos.
    """
    if len(given) < 2:
        raise ValueError("correlations need at least two photos")
    p, q = mean_score(predicted), mean_score(given)
    return {
        "photos": float(len(given)),
        "emd": float(earth_movers_distance(predicted, given, r=1).mean()),
        "lcc": float(pearsonr(p, q).statistic),
        "srcc": float(spearmanr(p, q).statistic),
        "accuracy_at_5": float(((p > 5) == (q > 5)).mean()),
        "mean_score_error": float(np.abs(p - q).mean()),
    }
