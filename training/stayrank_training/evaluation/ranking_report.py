"""Everything that is to be said of the orders of galleries, measured on rated ones."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from stayrank_common.schemas import ModelInfo, PhotoFailure, Schema
from stayrank_training.evaluation import weighted
from stayrank_training.evaluation.bootstrap import Interval, interval, photo_weights
from stayrank_training.evaluation.diversity import OTHER
from stayrank_training.evaluation.figures import ratio
from stayrank_training.evaluation.gallery_orders import (
    MEASURES,
    measured,
    readable,
    repeated,
    repeated_by_chance,
    shuffled,
)
from stayrank_training.evaluation.judgements import Dropped
from stayrank_training.evaluation.trade_offs import Choice, TradeOffPoint, choose, points, sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from stayrank_training.data.galleries import RatedGallery
    from stayrank_training.evaluation.gallery_answers import GalleryAnswers
    from stayrank_training.evaluation.gallery_orders import Orderer

    Shares = Callable[[GalleryAnswers], Sequence[float]]

BASELINE = "score"
RANDOM = "random"
REPEATS = ("near_duplicates", "near_duplicates_unfolded")
_SWEPT = ("coverage", "mmr")  # strategies that λ steers


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


class OrderedGallery(Schema):
    """One gallery.

    Args:
        name: Of the hotel.
        photos: That could be read.
        areas: That they show.
        values: Strategy → measure → value.
        orders: Strategy → the photos shown, the cover first.
        optimum: F of the first k photos over the largest F of any k, for k = 1, 2, …; empty where
            it was not asked for.
    """

    name: str
    photos: int
    areas: int
    values: dict[str, dict[str, float]]
    orders: dict[str, list[str]]
    optimum: list[float]


class RankingReport(Schema):
    """The form of `stayrank evaluate ranking --json`."""

    data: str
    split: str
    tagger: ModelInfo
    aesthetic: ModelInfo
    trade_off: float
    photos: int
    strategies: list[StrategyFigures]
    trade_offs: dict[str, list[TradeOffPoint]]
    choice: Choice | None
    galleries: list[OrderedGallery]
    dropped: list[Dropped]


class Answered(NamedTuple):
    """What was said of galleries.

    Args:
        judged: What the orders are made of, originals alone: served or out of fold.
        served: With near-copies, to see whether they are shown.
    """

    judged: Sequence[GalleryAnswers]
    served: Sequence[GalleryAnswers]


def ranking_report(
    galleries: Sequence[RatedGallery],
    answered: Answered,
    order: Orderer,
    *,
    strategies: Sequence[str],
    trade_off: float,
    data: str,
    split: str,
    shares: Shares | None = None,
) -> RankingReport:
    """Judge orders.

    Args:
        galleries: With what is true of their photos.
        answered: What the models say of them.
        order: Orders a gallery.
        strategies: To compare, the baseline `score` among them.
        trade_off: λ of those that take one.
        data: Name of the data set.
        split: Name of the split.
        shares: Gives `OrderedGallery.optimum`, if that is asked for.

    Raises:
        DatasetError: If a gallery has no readable photo of an area, rated above 1: no order of it
            is better than another.
    """
    read = [readable(g, said) for g, said in zip(galleries, answered.judged, strict=True)]
    names = [*strategies, RANDOM]
    ordered, values = [], []
    for gallery, said, served in zip(read, *answered, strict=True):
        orders = {name: list(order(said, name, trade_off)) for name in strategies}
        rows = [
            [*measured(gallery, orders[name]), *_repeats(order, served, name, trade_off)]
            for name in strategies
        ]
        chance = repeated_by_chance(served)
        rows.append([*shuffled(gallery), chance, chance])
        values.append(rows)
        ordered.append(
            OrderedGallery(
                name=gallery.name,
                photos=len(gallery.files),
                areas=len(set(gallery.areas) - {OTHER}),
                values={
                    name: dict(zip((*MEASURES, *REPEATS), row, strict=True))
                    for name, row in zip(names, rows, strict=True)
                },
                orders=orders,
                optimum=list(shares(said)) if shares else [],
            )
        )
    swept = {name: sweep(read, answered.judged, order, name) for name in _SWEPT}
    return RankingReport(
        data=data,
        split=split,
        tagger=answered.judged[0].tags.model,
        aesthetic=answered.judged[0].ratings.model,
        trade_off=trade_off,
        photos=sum(len(gallery.files) for gallery in read),
        strategies=_figures(names, np.array(values)),
        trade_offs={name: points(values) for name, values in swept.items()},
        choice=choose(read, swept["coverage"]),
        galleries=ordered,
        dropped=_dropped(answered.judged),
    )


def _repeats(
    order: Orderer, served: GalleryAnswers, strategy: str, trade_off: float
) -> tuple[int, int]:
    """Near-duplicates in the first places: as served, and if nothing were folded."""
    folded = order(served, strategy, trade_off)
    return repeated(served, folded), repeated(
        served, order(served, strategy, trade_off, fold=False)
    )


def _figures(names: Sequence[str], values: NDArray[np.float64]) -> list[StrategyFigures]:
    """Average `(galleries, strategies, measures)` over galleries, with intervals."""
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
            figures=[
                figure(column, name, values[:, row])
                for column, name in enumerate((*MEASURES, *REPEATS))
            ],
        )
        for row, strategy in enumerate(names)
    ]


def _dropped(answers: Sequence[GalleryAnswers]) -> list[Dropped]:
    """The photos that a model could not use, each once."""
    reasons = {
        f"{said.gallery}/{result.id}": result.error.detail
        for said in answers
        for result in (*said.ratings.results, *said.tags.results)
        if isinstance(result, PhotoFailure)
    }
    return [Dropped(file=file, reason=reason) for file, reason in reasons.items()]
