"""How well a NIMA model predicts what people like."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from stayrank_common.ratings import earth_movers_distance, mean_score
from stayrank_training.evaluation import weighted
from stayrank_training.evaluation.bootstrap import plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stayrank_training.evaluation.bootstrap import Statistic

MIDDLE = 5.0  # of the scale, as NIMA and AVA divide it into good (from here on) and bad


def evaluate(predicted: NDArray[np.floating], given: NDArray[np.floating]) -> dict[str, float]:
    """Measure a NIMA model as the paper does (table I), and its error in rating points.

    Args:
        predicted: `(photos, 10)` rating distributions.
        given: `(photos, 10)` rating distributions.

    Returns:
        `photos`, and the `statistics`.

    Raises:
        ValueError: If there are fewer than two photos.
    """
    photos = len(given)
    if photos < 2:
        raise ValueError("correlations need at least two photos")
    measured = statistics(predicted, given)
    found = {name: plain(statistic, photos) for name, statistic in measured.items()}
    return {"photos": float(photos)} | found


def statistics(
    predicted: NDArray[np.floating], given: NDArray[np.floating]
) -> dict[str, Statistic]:
    """What is measured of a NIMA model, for weighted photos; arguments as of `evaluate`.

    Returns:
        `srcc` and `lcc` (rank and linear correlation of the mean scores; not a number where all
        are the same), `emd` (r = 1), `emd_r2`, `accuracy_at_5` (share on the right side of 5, where
        5 itself is good), `balanced_accuracy_at_5` (mean of the shares of both sides),
        `mean_score_error` and `mean_score_bias` (mean absolute error and mean error, in rating
        points), `spread` (standard deviation of the predicted mean scores over that of the given
        ones: below 1, the model plays safe).
    """
    p, q = mean_score(predicted), mean_score(given)
    emd, emd_r2 = (earth_movers_distance(predicted, given, r) for r in (1, 2))
    said, good = p >= MIDDLE, q >= MIDDLE
    return {
        "srcc": partial(weighted.rank_correlation, p, q),
        "lcc": partial(weighted.linear_correlation, p, q),
        "emd": partial(weighted.mean, emd),
        "emd_r2": partial(weighted.mean, emd_r2),
        "accuracy_at_5": partial(weighted.mean, said == good),
        "balanced_accuracy_at_5": partial(weighted.balanced_accuracy, said, good),
        "mean_score_error": partial(weighted.mean, np.abs(p - q)),
        "mean_score_bias": partial(weighted.mean, p - q),
        "spread": partial(weighted.spread, p, q),
    }
