"""Everything that is to be said of the orders of galleries, measured on rated ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from stayrank_common.schemas import ModelInfo, PhotoFailure, Schema
from stayrank_training.evaluation.diversity import OTHER
from stayrank_training.evaluation.gallery_orders import (
    MEASURES,
    measured,
    readable,
    repeated,
    repeated_by_chance,
    shuffled,
)
from stayrank_training.evaluation.judgements import Dropped
from stayrank_training.evaluation.ranking_figures import (
    BASELINE,
    FIGURES,
    StrategyFigures,
    strategy_figures,
)
from stayrank_training.evaluation.trade_offs import Choice, TradeOffPoint, choose, points, sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stayrank_training.data.galleries import RatedGallery
    from stayrank_training.evaluation.gallery_answers import GalleryAnswers
    from stayrank_training.evaluation.gallery_orders import Orderer

    Shares = Callable[[GalleryAnswers], Sequence[float]]

RANDOM = "random"
_SWEPT = ("coverage", "mmr")  # strategies that λ steers


class OrderedGallery(Schema):
    """One gallery.

    Args:
        name: Of the hotel.
        photos: That could be read.
        areas: That they show.
        values: Strategy → measure → value.
        orders: Strategy → the photos shown, the cover first.
    """

    name: str
    photos: int
    areas: int
    values: dict[str, dict[str, float]]
    orders: dict[str, list[str]]


class RankingReport(Schema):
    """The form of `stayrank evaluate ranking --json`.

    Args:
        data: Name of the data set.
        split: Of its hotels.
        tagger: What the tags come from.
        aesthetic: What the ratings come from.
        trade_off: λ of the strategies that take one.
        photos: That could be read.
        strategies: Their figures; random order last.
        trade_offs: Strategy → the mean measures at every λ.
        choice: λ as these galleries would have it; None of a single one.
        galleries: One by one.
        optimum: Gallery → F of the first k photos over the largest F of any k, for k = 1, 2, …;
            None where it was not asked for.
        dropped: Photos that count nowhere.
    """

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
    optimum: dict[str, list[float]] | None
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
        shares: Gives `RankingReport.optimum`, if that is asked for.

    Raises:
        DatasetError: If a gallery has no readable photo of an area, rated above 1: no order of it
            is better than another.
    """
    read = [readable(g, said) for g, said in zip(galleries, answered.judged, strict=True)]
    ordered = [
        _ordered(gallery, said, served, order, strategies, trade_off)
        for gallery, said, served in zip(read, *answered, strict=True)
    ]
    names = [*strategies, RANDOM]
    values = [[[g.values[name][f] for f in FIGURES] for name in names] for g in ordered]
    swept = {name: sweep(read, answered.judged, order, name) for name in _SWEPT}
    plain = np.array([[g.values[BASELINE][name] for name in MEASURES] for g in ordered])
    return RankingReport(
        data=data,
        split=split,
        tagger=answered.judged[0].tags.model,
        aesthetic=answered.judged[0].ratings.model,
        trade_off=trade_off,
        photos=sum(len(gallery.files) for gallery in read),
        strategies=strategy_figures(names, np.array(values)),
        trade_offs={name: points(values, plain) for name, values in swept.items()},
        choice=choose(read, swept["coverage"], plain),
        galleries=ordered,
        optimum={s.gallery: list(shares(s)) for s in answered.judged} if shares else None,
        dropped=_dropped(answered.judged),
    )


def _ordered(
    gallery: RatedGallery,
    judged: GalleryAnswers,
    served: GalleryAnswers,
    order: Orderer,
    strategies: Sequence[str],
    trade_off: float,
) -> OrderedGallery:
    orders, values = {}, {}
    for name in strategies:
        orders[name] = list(order(judged, name, trade_off))
        repeats = [
            repeated(served, order(served, name, trade_off, fold=fold)) for fold in (True, False)
        ]
        values[name] = _named([*measured(gallery, orders[name]), *repeats])
    chance = repeated_by_chance(served)
    values[RANDOM] = _named([*shuffled(gallery), chance, chance])
    return OrderedGallery(
        name=gallery.name,
        photos=len(gallery.files),
        areas=len(set(gallery.areas) - {OTHER}),
        values=values,
        orders=orders,
    )


def _named(values: Sequence[float]) -> dict[str, float]:
    return dict(zip(FIGURES, values, strict=True))


def _dropped(answers: Sequence[GalleryAnswers]) -> list[Dropped]:
    """The photos that a model could not use, each once."""
    reasons = {
        f"{said.gallery}/{result.id}": result.error.detail
        for said in answers
        for result in (*said.ratings.results, *said.tags.results)
        if isinstance(result, PhotoFailure)
    }
    return [Dropped(file=file, reason=reason) for file, reason in reasons.items()]
