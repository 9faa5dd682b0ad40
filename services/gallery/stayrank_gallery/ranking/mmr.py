"""Maximal marginal relevance: each next photo is good, and unlike those already shown.

Reference:
    Carbonell and Goldstein, "The Use of MMR, Diversity-Based Reranking for Reordering Documents
    and Producing Summaries", SIGIR 1998.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stayrank_gallery.ranking.gallery import Gallery

_AHEAD = 1024  # photos to compare with all others in one matrix product


class MmrGains:
    """The marginal relevance of each photo (`arranging.Gains`).

    That of photo i is

        (1−λ) q_i − λ max_{placed j} cos(e_i, e_j)

    Args:
        gallery: The photos, with embeddings.
        trade_off: λ in [0, 1]: 0 is a sort by quality, 1 looks at variety alone.

    Raises:
        ValueError: If λ is out of range or the gallery has no embeddings.
    """

    def __init__(self, gallery: Gallery, *, trade_off: float) -> None:
        if not 0 <= trade_off <= 1:
            raise ValueError(f"expected a trade-off in [0, 1], got {trade_off}")
        self._relevance = (1 - trade_off) * gallery.quality
        self._trade_off = trade_off
        self._directions = gallery.directions
        self._cosines: dict[int, NDArray[np.float64]] = {}
        self._likest = np.full(len(gallery), -1.0)  # no cosine is below

    def __call__(self) -> NDArray[np.float64]:
        """Return the `(n,)` gains."""
        return self._relevance - self._trade_off * self._likest

    def place(self, index: int) -> None:
        """Show a photo."""
        if index not in self._cosines:
            self._look_ahead(index)
        np.maximum(self._likest, self._cosines[index], out=self._likest)
        self._relevance[index] = -np.inf

    def _look_ahead(self, index: int) -> None:
        """Compare this photo, and those that may well follow, with all."""
        self._cosines.clear()
        gains = self()
        gains[index] = np.inf
        block = np.sort(np.argsort(-gains)[:_AHEAD])
        # Of a matrix with itself, but not with a copy, BLAS computes one half.
        whole = len(block) == len(self._directions)
        rows = self._directions if whole else self._directions[block]
        self._cosines = dict(zip(block.tolist(), rows @ self._directions.T, strict=True))
