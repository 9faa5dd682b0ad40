"""Maximal marginal relevance: each next photo is good, and unlike those already shown.

Reference:
    Carbonell and Goldstein, "The Use of MMR, Diversity-Based Reranking for Reordering Documents
    and Producing Summaries", SIGIR 1998.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stayrank_gallery.ranking.gallery import Gallery


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
        self._likeness = cosine_similarity(gallery)
        self._likest = np.full(len(gallery), -1.0)  # no cosine is below

    def __call__(self) -> NDArray[np.float64]:
        """Return the `(n,)` gains."""
        return self._relevance - self._trade_off * self._likest

    def place(self, index: int) -> None:
        """Show a photo."""
        np.maximum(self._likest, self._likeness[index], out=self._likest)


def cosine_similarity(gallery: Gallery) -> NDArray[np.float64]:
    """Return the `(n, n)` cosines in [−1, 1] between the embeddings of a gallery.

    Raises:
        ValueError: If the gallery has no embeddings.
    """
    if gallery.embeddings is None:
        raise ValueError("expected a gallery with embeddings")
    length = np.linalg.norm(gallery.embeddings, axis=1, keepdims=True)
    unit = gallery.embeddings / np.maximum(length, np.finfo(np.float64).tiny)
    return np.asarray(unit @ unit.T)
