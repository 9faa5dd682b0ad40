"""The figures of a NIMA model, beside those of what it must beat."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from stayrank_training.evaluation.aesthetics import statistics
from stayrank_training.evaluation.bootstrap import Interval, interval, plain
from stayrank_training.evaluation.figures import Figure, Resamples, defined

if TYPE_CHECKING:
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
    constants = statistics(np.broadcast_to(constant, judged.given.shape), judged.given)
    others = {} if baseline is None else statistics(baseline, judged.given)
    draws = resamples.photos if resamples.hotels is None else resamples.hotels
    photos = len(judged.given)
    figures = []
    for name, statistic in statistics(judged.predicted, judged.given).items():
        own = Figure.of(name, statistic, resamples).model_dump()
        compared = {}
        if name in others:
            gain = partial(_difference, statistic, others[name])
            compared = {
                "baseline": defined(plain(others[name], photos)),
                "gain": defined(plain(gain, photos)),
                "gain_interval": interval(gain, draws),
            }
        same = defined(plain(constants[name], photos))
        figures.append(ComparedFigure(**own, constant=same, **compared))
    return figures


def _difference(one: Statistic, other: Statistic, weights: Weights) -> NDArray[np.floating]:
    return np.asarray(one(weights) - other(weights))
