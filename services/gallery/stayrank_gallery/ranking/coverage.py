"""Probabilistic coverage: beautiful photos first, every area early, no view twice in a row.

The value of a set S of shown photos is

    F(S) = (1−λ) Σ_v (1 − Π_{i∈S∩v} (1 − r_i q_i)) + λ Σ_t w_t (1 − Π_{i∈S} (1 − p(t|i) q_i))
    r_i  = (1 + Σ_t p(t|i)) / 2

that is, how well each view v has been shown, and the probability that each area t has been. Where
no two photos show one view, the first sum is Σ r_i q_i: the quality of what is shown, of which a
photo that has nothing to do with the property keeps half. F is monotone and submodular, so taking
the largest gain at each step is within 1 − 1/e of the best set at every length (Nemhauser, Wolsey
and Fisher 1978).

>>> import numpy as np
>>> pools_and_bed = Gallery([0.9, 0.8, 0.6], [[1, 0], [1, 0], [0, 1]])
>>> coverage_order(pools_and_bed, trade_off=0.7)  # the bedroom before the second pool
array([0, 2, 1])
>>> coverage_order(pools_and_bed, trade_off=0.0)  # a plain sort by quality
array([0, 1, 2])
>>> one_pool_twice = Gallery([0.9, 0.8, 0.6], [[1, 0], [1, 0], [0, 1]], views=[0, 0, 1])
>>> coverage_order(one_pool_twice, trade_off=0.0)
array([0, 2, 1])

Reference:
    Agrawal et al., "Diversifying Search Results" (IA-Select), WSDM 2009;
    Santos et al., "Exploiting Query Reformulations for Web Search Result Diversification"
    (xQuAD), WWW 2010.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stayrank_gallery.ranking.arranging import plain_order
from stayrank_gallery.ranking.gallery import Gallery


class CoverageGains:
    """By how much each photo would raise F (`arranging.Gains`).

    The gain of photo i is

        (1−λ) r_i q_i Π_{placed j of its view} (1 − r_j q_j)
        + λ Σ_t w_t p(t|i) q_i Π_{placed j} (1 − p(t|j) q_j)

    Args:
        gallery: The photos.
        trade_off: λ in [0, 1]: 0 looks at views alone, 1 at areas alone.
        weights: `(T,)` w ≥ 0, how much each area matters; 1 each by default.

    Raises:
        ValueError: If λ or a weight is out of range, or the weights' shape is wrong.
    """

    def __init__(
        self, gallery: Gallery, *, trade_off: float, weights: ArrayLike | None = None
    ) -> None:
        self._worth, self._shown, w = checked(gallery, trade_off, weights)
        self._views = gallery.views
        _, view, photos = np.unique(gallery.views, return_inverse=True, return_counts=True)
        self._alone = (photos == 1)[view]  # most photos are: that saves a third of the time
        self._unseen = (1 - trade_off) * self._worth  # what each photo would still add to its view
        # (T, n): what each photo would still add to each area. Areas are summed row by row, never
        # by a matrix product: BLAS rounds equal photos differently, and ties would not go by id.
        self._open = np.ascontiguousarray((trade_off * w * self._shown).T)

    def __call__(self) -> NDArray[np.float64]:
        """Return the `(n,)` gains."""
        gains: NDArray[np.float64] = self._unseen + np.add.reduce(self._open, axis=0)
        return gains

    def place(self, index: int) -> None:
        """Show a photo."""
        self._open *= (1 - self._shown[index])[:, None]
        if not self._alone[index]:
            self._unseen[self._views == self._views[index]] *= 1 - self._worth[index]


def coverage_order(
    gallery: Gallery, *, trade_off: float, weights: ArrayLike | None = None
) -> NDArray[np.intp]:
    """Order a gallery by the greedy maximisation of F; arguments and errors of `CoverageGains`.

    Returns:
        `(n,)` permutation.
    """
    return plain_order(CoverageGains(gallery, trade_off=trade_off, weights=weights), len(gallery))


def coverage_value(
    gallery: Gallery,
    chosen: ArrayLike,
    *,
    trade_off: float,
    weights: ArrayLike | None = None,
) -> float:
    """Return F of the chosen photos (indices in any order)."""
    worth, shown, w = checked(gallery, trade_off, weights)
    indices = np.asarray(chosen, dtype=np.intp)
    views = gallery.views[indices]
    seen = sum(1 - np.prod(1 - worth[indices][views == view]) for view in np.unique(views))
    covered = 1 - np.prod(1 - shown[indices], axis=0)
    return float((1 - trade_off) * seen + trade_off * (w @ covered))


def checked(
    gallery: Gallery, trade_off: float, weights: ArrayLike | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return r_i q_i `(n,)`, p(t|i) q_i `(n, T)` and w `(T,)`; errors of `CoverageGains`."""
    if not 0 <= trade_off <= 1:
        raise ValueError(f"expected a trade-off in [0, 1], got {trade_off}")
    areas = gallery.probabilities.shape[1]
    w = np.ones(areas) if weights is None else np.asarray(weights, dtype=np.float64)
    if w.shape != (areas,) or not np.all((w >= 0) & np.isfinite(w)):
        raise ValueError(f"expected {areas} weights of at least 0, got {w}")
    shown = gallery.probabilities * gallery.quality[:, None]
    return (gallery.quality + shown.sum(axis=1)) / 2, shown, w
