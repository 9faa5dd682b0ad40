"""The figures of a NIMA model, beside those of what it must beat."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from stayrank_common.ratings import earth_movers_distance, mean_score
from stayrank_training.evaluation import weighted
from stayrank_training.evaluation.aesthetics import MIDDLE, evaluate
from stayrank_training.evaluation.bootstrap import Interval, interval
from stayrank_training.evaluation.figures import Figure, Resamples, defined

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from stayrank_training.evaluation.bootstrap import Statistic, Weights
    from stayrank_training.evaluation.judgements import RatingJudgements

    Distributions = NDArray[np.floating]


class ComparedFigure(Figure):
    """A figure beside those of baselines.

    Args:
        constant: Of a model that says the same distribution of every photo.
        baseline: Of another model on the same photos; None without one.
        gain: The model's figure minus the baseline's.
        gain_interval: Of the gain over the same resamples, of hotels where they are known: where
            it does not hold 0, the difference is more than chance.
    """

    constant: float | None
    baseline: float | None = None
    gain: float | None = None
    gain_interval: Interval | None = None


def rating_figures(
    judged: RatingJudgements,
    resamples: Resamples,
    constant: Distributions,
    baseline: Distributions | None,
) -> list[ComparedFigure]:
    """Measure a NIMA model and its baselines.

    Args:
        judged: Photos with given and predicted ratings.
        resamples: Draws of these photos.
        constant: `(10,)` the distribution that a constant model answers.
        baseline: `(photos, 10)` what another model answers.
    """
    same = np.broadcast_to(constant, judged.given.shape)
    values = evaluate(judged.predicted, judged.given)
    constants = evaluate(same, judged.given)
    others = None if baseline is None else evaluate(baseline, judged.given)
    other_statistics = None if baseline is None else _statistics(baseline, judged.given)
    draws = resamples.photos if resamples.hotels is None else resamples.hotels
    figures = []
    for name, statistic in _statistics(judged.predicted, judged.given).items():
        figure = Figure.of(name, values[name], statistic, resamples)
        compared = {}
        if others and other_statistics:
            gain = partial(_difference, statistic, other_statistics[name])
            compared = {
                "baseline": defined(others[name]),
                "gain": defined(values[name] - others[name]),
                "gain_interval": interval(gain, draws),
            }
        own = figure.model_dump()
        figures.append(ComparedFigure(**own, constant=defined(constants[name]), **compared))
    return figures


def _statistics(predicted: Distributions, given: Distributions) -> Mapping[str, Statistic]:
    """What `evaluate` measures, for weighted photos."""
    p, q = mean_score(predicted), mean_score(given)
    emd, emd_r2 = (earth_movers_distance(predicted, given, r) for r in (1, 2))
    high, good = p > MIDDLE, q > MIDDLE
    return {
        "srcc": partial(weighted.rank_correlation, p, q),
        "lcc": partial(weighted.linear_correlation, p, q),
        "emd": partial(weighted.mean, emd),
        "emd_r2": partial(weighted.mean, emd_r2),
        "accuracy_at_5": partial(weighted.mean, high == good),
        "balanced_accuracy_at_5": partial(weighted.balanced_accuracy, high, good),
        "mean_score_error": partial(weighted.mean, np.abs(p - q)),
        "mean_score_bias": partial(weighted.mean, p - q),
        "spread": partial(weighted.spread, p, q),
    }


def _difference(one: Statistic, other: Statistic, weights: Weights) -> NDArray[np.floating]:
    return np.asarray(one(weights) - other(weights))
