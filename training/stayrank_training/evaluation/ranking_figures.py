"""The figures of orders, beside those of the plain sort by score."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from stayrank_common.schemas import Schema
from stayrank_training.evaluation import weighted
from stayrank_training.evaluation.bootstrap import Interval, interval, photo_weights
from stayrank_training.evaluation.figures import ratio
from stayrank_training.evaluation.gallery_orders import MEASURES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

BASELINE = "score"
FIGURES = (*MEASURES, "near_duplicates", "near_duplicates_unfolded")


class RankingFigure(Schema):
    """The mean of a measure over galleries.

    Args:
        name: Of the measure.
        value: The mean.
        interval: If other hotels had been drawn.
        gain: Over the plain sort by score.
        gain_interval: Of the gain over the same resamples: where it does not hold 0, the
            difference is more than chance.
        ratio: To the value of the plain sort; none where that is 0.
    """

    name: str
    value: float
    interval: Interval | None
    gain: float
    gain_interval: Interval | None
    ratio: float | None


class StrategyFigures(Schema):
    """A strategy and its figures."""

    strategy: str
    figures: list[RankingFigure]


def strategy_figures(names: Sequence[str], values: NDArray[np.float64]) -> list[StrategyFigures]:
    """Average over galleries, with intervals.

    Args:
        names: Of the strategies, the baseline among them.
        values: `(galleries, strategies, 5)`: the `FIGURES`.
    """
    draws = photo_weights(len(values))  # of galleries
    base = values[:, names.index(BASELINE)]

    def figure(column: int, name: str, own: NDArray[np.float64]) -> RankingFigure:
        gains = own[:, column] - base[:, column]
        mean, other = float(own[:, column].mean()), float(base[:, column].mean())
        return RankingFigure(
            name=name,
            value=mean,
            interval=interval(partial(weighted.mean, own[:, column]), draws),
            gain=float(gains.mean()),
            gain_interval=interval(partial(weighted.mean, gains), draws),
            ratio=ratio(mean, other),
        )

    return [
        StrategyFigures(
            strategy=strategy,
            figures=[figure(column, name, values[:, row]) for column, name in enumerate(FIGURES)],
        )
        for row, strategy in enumerate(names)
    ]
