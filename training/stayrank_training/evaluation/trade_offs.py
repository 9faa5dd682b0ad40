"""What the trade-off λ buys and what it costs, and which one to take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stayrank_common.schemas import Schema
from stayrank_training.evaluation.figures import ratio
from stayrank_training.evaluation.gallery_orders import MEASURES, measured

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stayrank_training.data.galleries import RatedGallery
    from stayrank_training.evaluation.gallery_answers import GalleryAnswers
    from stayrank_training.evaluation.gallery_orders import Orderer

TRADE_OFFS = tuple(round(0.05 * step, 2) for step in range(21))
KEPT_RATING = 0.97  # of the mean rating of the first places: what variety may cost
_FLAT = 0.99
_NDCG, _RATING = MEASURES.index("alpha_ndcg"), MEASURES.index("rating")


class TradeOffPoint(Schema):
    """The mean measures over galleries at one λ."""

    trade_off: float
    alpha_ndcg: float
    s_recall: float
    rating: float


class Choice(Schema):
    """The λ of the largest α-nDCG, before the mean rating first falls below `KEPT_RATING`.

    Args:
        trade_off: Chosen on all galleries.
        flat: From where to where α-nDCG is at least 99 % of that.
        left_out: Gallery → the λ chosen without it.
        alpha_ndcg: Over that of λ = 0, where each gallery is ordered by the λ chosen without it.
        rating: Mean rating of the first places over that of λ = 0, likewise.
    """

    trade_off: float
    flat: tuple[float, float]
    left_out: dict[str, float]
    alpha_ndcg: float | None
    rating: float


def sweep(
    galleries: Sequence[RatedGallery],
    answers: Sequence[GalleryAnswers],
    order: Orderer,
    strategy: str,
) -> NDArray[np.float64]:
    """Order galleries with every λ of `TRADE_OFFS`.

    Returns:
        `(trade-offs, galleries, 3)` the `MEASURES`.
    """
    return np.array(
        [
            [
                measured(gallery, order(said, strategy, trade_off))
                for gallery, said in zip(galleries, answers, strict=True)
            ]
            for trade_off in TRADE_OFFS
        ]
    )


def points(swept: NDArray[np.float64]) -> list[TradeOffPoint]:
    """Average a `sweep` over its galleries."""
    rows = swept.mean(axis=1).tolist()
    return [
        TradeOffPoint(trade_off=trade_off, **dict(zip(MEASURES, row, strict=True)))
        for trade_off, row in zip(TRADE_OFFS, rows, strict=True)
    ]


def choose(galleries: Sequence[RatedGallery], swept: NDArray[np.float64]) -> Choice | None:
    """Choose λ by a `sweep`; nothing can be chosen on a single gallery."""
    count = len(galleries)
    if count < 2:
        return None
    best = _best(swept)
    ndcg = swept[:, :, _NDCG].mean(axis=1)
    flat = np.flatnonzero(ndcg >= _FLAT * ndcg[best])
    without = [_best(np.delete(swept, left, axis=1)) for left in range(count)]
    held_out = swept[without, np.arange(count)].mean(axis=0)
    base = swept[0].mean(axis=0)
    return Choice(
        trade_off=TRADE_OFFS[best],
        flat=(TRADE_OFFS[flat[0]], TRADE_OFFS[flat[-1]]),
        left_out={g.name: TRADE_OFFS[i] for g, i in zip(galleries, without, strict=True)},
        alpha_ndcg=ratio(float(held_out[_NDCG]), float(base[_NDCG])),
        rating=float(held_out[_RATING] / base[_RATING]),
    )


def _best(swept: NDArray[np.float64]) -> int:
    """λ = 0 keeps the whole rating, so that one is always left to choose.

    Where the rating falls below and rises again further on, few galleries have had their chance.
    """
    mean = swept.mean(axis=1)
    kept = np.logical_and.accumulate(mean[:, _RATING] >= KEPT_RATING * mean[0, _RATING])
    return int(np.argmax(np.where(kept, mean[:, _NDCG], -np.inf)))
