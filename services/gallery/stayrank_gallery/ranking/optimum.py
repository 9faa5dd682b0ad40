"""The largest F of any set of photos: what the greedy order is measured against.

Branch and bound (Land and Doig 1960). F is submodular: what a photo adds now bounds what it adds
later. So where the value so far and the largest gains do not beat the best value known together,
nothing below has to be searched.

>>> lobby_and_pools = Gallery([0.9, 0.8, 0.8], [[0.5, 0.5], [1, 0], [0, 1]])
>>> largest_value(lobby_and_pools, 2, trade_off=1.0)
1.6
>>> [round(s, 4) for s in greedy_shares(lobby_and_pools, 2, trade_off=1.0)]
[1.0, 0.8375]

Reference:
    Nemhauser, Wolsey and Fisher, "An analysis of approximations for maximizing submodular set
    functions", Mathematical Programming 1978.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stayrank_gallery.ranking.coverage import checked, coverage_order, coverage_value
from stayrank_gallery.ranking.gallery import Gallery


def largest_value(
    gallery: Gallery, size: int, *, trade_off: float, weights: ArrayLike | None = None
) -> float:
    """Return the largest F of any `size` photos; arguments as of `coverage_order`.

    Five of 40 photos take milliseconds; the time grows as the number of sets does.

    Raises:
        ValueError: If there are not so many photos, or λ or a weight is out of range.
    """
    if not 0 <= size <= len(gallery):
        raise ValueError(f"expected 0 to {len(gallery)} photos, got {size}")
    order = coverage_order(gallery, trade_off=trade_off, weights=weights)
    known = coverage_value(gallery, order[:size], trade_off=trade_off, weights=weights)
    search = _Search(gallery, trade_off, weights, known)
    if size:
        search.descend(np.arange(len(gallery)), size, 0.0, np.ones(search.topics))
    return search.best


def greedy_shares(
    gallery: Gallery, sizes: int, *, trade_off: float, weights: ArrayLike | None = None
) -> list[float]:
    """F of the first k photos of the greedy order over the largest F of any k.

    Returns:
        Shares in [1 − 1/e, 1] for k = 1 … `sizes`, or as many as there are photos; 1 where nothing
        has any value.
    """
    order = coverage_order(gallery, trade_off=trade_off, weights=weights)
    shares = []
    for size in range(1, min(sizes, len(gallery)) + 1):
        best = largest_value(gallery, size, trade_off=trade_off, weights=weights)
        value = coverage_value(gallery, order[:size], trade_off=trade_off, weights=weights)
        shares.append(value / best if best else 1.0)
    return shares


class _Search:
    """Remembers the best value that was found.

    Views and areas are the topics k of one sum, F(S) = Σ_k u_k (1 − Π_{i∈S} (1 − s_ik)).
    """

    def __init__(
        self, gallery: Gallery, trade_off: float, weights: ArrayLike | None, known: float
    ) -> None:
        worth, shown, w = checked(gallery, trade_off, weights)
        views = np.equal.outer(gallery.views, np.unique(gallery.views))
        self._shown = np.hstack([worth[:, None] * views, shown])
        self._matters = np.hstack([np.full(views.shape[1], 1 - trade_off), trade_off * w])
        self.topics = len(self._matters)
        self.best = known

    def descend(
        self, left: NDArray[np.intp], size: int, value: float, uncovered: NDArray[np.float64]
    ) -> None:
        """Add `size` of the photos `left` to a set of a value, in every way that may be best."""
        gains = self._shown[left] @ (self._matters * uncovered)
        largest = np.argsort(-gains)
        left, gains = left[largest], gains[largest]
        if size == 1:
            self.best = max(self.best, value + float(gains[0]))
            return
        for first in range(len(left) - size + 1):
            if value + gains[first : first + size].sum() <= self.best:
                return  # gains fall: those that follow promise even less
            covered = 1 - self._shown[left[first]]
            self.descend(
                left[first + 1 :], size - 1, value + float(gains[first]), uncovered * covered
            )
