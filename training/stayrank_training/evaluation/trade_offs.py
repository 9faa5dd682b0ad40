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
GAIN, KEPT = 1.10, 0.97  # aims: α-nDCG and rating of the first places over the plain sort's
_NDCG, _RECALL, _RATING = range(len(MEASURES))


class TradeOffPoint(Schema):
    """The mean measures over galleries at one λ.

    Args:
        aims_held: Share of resamples of the galleries in which α-nDCG is at least `GAIN` and the
            rating at least `KEPT` of what the plain sort by score has there.
    """

    trade_off: float
    alpha_ndcg: float
    s_recall: float
    rating: float
    aims_held: float


class Choice(Schema):
    """The λ that shows most areas early while both aims hold.

    Args:
        trade_off: Chosen on all galleries: the largest S-recall among the λ whose means reach
            `GAIN` and `KEPT`; the smallest of equals; where there is none, the one whose aims hold
            in most resamples.
        left_out: Gallery → the λ chosen without it.
        alpha_ndcg: Over that of the plain sort, where each gallery is ordered by the λ chosen
            without it.
        s_recall: Likewise.
        rating: Mean rating of the first places, likewise.
    """

    trade_off: float
    left_out: dict[str, float]
    alpha_ndcg: float | None
    s_recall: float | None
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


def points(swept: NDArray[np.float64], plain: NDArray[np.float64]) -> list[TradeOffPoint]:
    """Average a `sweep` over its galleries; arguments as of `choose`."""
    rows = swept.mean(axis=1).tolist()
    return [
        TradeOffPoint(trade_off=trade_off, aims_held=held, **dict(zip(MEASURES, row, strict=True)))
        for trade_off, row, held in zip(
            TRADE_OFFS, rows, aims_held(swept, plain).tolist(), strict=True
        )
    ]


def aims_held(swept: NDArray[np.float64], plain: NDArray[np.float64]) -> NDArray[np.float64]:
    """`(trade-offs,)`: `TradeOffPoint.aims_held`; arguments as of `choose`."""
    weights = photo_weights(swept.shape[1])  # of galleries
    return np.asarray(
        _reach(np.einsum("rg,tgm->trm", weights, swept), weights @ plain).mean(axis=1)
    )


def _reach(values: NDArray[np.float64], plain: NDArray[np.float64]) -> NDArray[np.bool_]:
    """`(…)`: whether sums or means `(…, 3)` of the `MEASURES` reach both aims."""
    enough = values[..., _NDCG] >= GAIN * plain[..., _NDCG]
    return np.asarray(enough & (values[..., _RATING] >= KEPT * plain[..., _RATING]))


def choose(
    galleries: Sequence[RatedGallery], swept: NDArray[np.float64], plain: NDArray[np.float64]
) -> Choice | None:
    """Choose λ; nothing can be chosen on a single gallery.

    Args:
        galleries: `n` of them.
        swept: Their `sweep`.
        plain: `(n, 3)` the `MEASURES` of the plain sort by score.
    """
    count = len(galleries)
    if count < 2:
        return None
    without = [
        _best(np.delete(swept, left, axis=1), np.delete(plain, left, axis=0))
        for left in range(count)
    ]
    held_out, base = swept[without, np.arange(count)].mean(axis=0), plain.mean(axis=0)
    return Choice(
        trade_off=TRADE_OFFS[_best(swept, plain)],
        left_out={g.name: TRADE_OFFS[i] for g, i in zip(galleries, without, strict=True)},
        alpha_ndcg=ratio(float(held_out[_NDCG]), float(base[_NDCG])),
        s_recall=ratio(float(held_out[_RECALL]), float(base[_RECALL])),
        rating=float(held_out[_RATING] / base[_RATING]),
    )


def _best(swept: NDArray[np.float64], plain: NDArray[np.float64]) -> int:
    means = swept.mean(axis=1)
    reached = _reach(means, plain.mean(axis=0))
    if not reached.any():
        return int(np.argmax(aims_held(swept, plain)))
    recall = means[:, _RECALL].round(9)  # equal sums may differ in their last digits
    return int(np.argmax(np.where(reached, recall, -1)))
