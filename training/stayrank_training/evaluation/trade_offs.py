"""What the trade-off λ buys and what it costs, and which one to take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stayrank_common.schemas import Schema
from stayrank_training.evaluation.bootstrap import photo_weights
from stayrank_training.evaluation.figures import ratio
from stayrank_training.evaluation.gallery_orders import MEASURES, measured

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stayrank_training.data.galleries import RatedGallery
    from stayrank_training.evaluation.gallery_answers import GalleryAnswers
    from stayrank_training.evaluation.gallery_orders import Orderer

TRADE_OFFS = tuple(round(0.05 * step, 2) for step in range(21))
GAIN, KEPT = 1.10, 0.97  # aims: α-nDCG and the mean rating of the first places, over those of λ = 0
_NDCG, _RATING = MEASURES.index("alpha_ndcg"), MEASURES.index("rating")


class TradeOffPoint(Schema):
    """The mean measures over galleries at one λ.

    Args:
        aims_held: Share of resamples of the galleries in which α-nDCG is at least `GAIN` and the
            rating at least `KEPT` of what λ = 0 has there.
    """

    trade_off: float
    alpha_ndcg: float
    s_recall: float
    rating: float
    aims_held: float


class Choice(Schema):
    """The λ that holds both aims in most resamples: means alone would hide how few galleries are.

    Args:
        trade_off: Chosen on all galleries; the smallest of equals.
        left_out: Gallery → the λ chosen without it.
        alpha_ndcg: Over that of λ = 0, where each gallery is ordered by the λ chosen without it.
        rating: Mean rating of the first places over that of λ = 0, likewise.
    """

    trade_off: float
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
        TradeOffPoint(trade_off=trade_off, aims_held=held, **dict(zip(MEASURES, row, strict=True)))
        for trade_off, row, held in zip(TRADE_OFFS, rows, aims_held(swept).tolist(), strict=True)
    ]


def aims_held(swept: NDArray[np.float64]) -> NDArray[np.float64]:
    """`(trade-offs,)`: `TradeOffPoint.aims_held`."""
    weights = photo_weights(swept.shape[1])  # of galleries
    ndcg, rating = weights @ swept[:, :, _NDCG].T, weights @ swept[:, :, _RATING].T
    held = (ndcg >= GAIN * ndcg[:, :1]) & (rating >= KEPT * rating[:, :1])
    return np.asarray(held.mean(axis=0))


def choose(galleries: Sequence[RatedGallery], swept: NDArray[np.float64]) -> Choice | None:
    """Choose λ by a `sweep`; nothing can be chosen on a single gallery."""
    count = len(galleries)
    if count < 2:
        return None
    without = [_best(np.delete(swept, left, axis=1)) for left in range(count)]
    held_out = swept[without, np.arange(count)].mean(axis=0)
    base = swept[0].mean(axis=0)
    return Choice(
        trade_off=TRADE_OFFS[_best(swept)],
        left_out={g.name: TRADE_OFFS[i] for g, i in zip(galleries, without, strict=True)},
        alpha_ndcg=ratio(float(held_out[_NDCG]), float(base[_NDCG])),
        rating=float(held_out[_RATING] / base[_RATING]),
    )


def _best(swept: NDArray[np.float64]) -> int:
    return int(np.argmax(aims_held(swept)))
