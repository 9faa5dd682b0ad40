"""Maximal marginal relevance: each next photo is good, and unlike those already shown.

Reference:
    Carbonell and Goldstein, "The Use of MMR, Diversity-Based Reranking for Reordering Documents
    and Producing Summaries", SIGIR 1998.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stayrank_gallery.ranking.gallery import Gallery


def mmr_order(gallery: Gallery, *, trade_off: float) -> NDArray[np.intp]:
    """Order a gallery greedily by quality less likeness.

    Each step places the photo that maximises

        (1−λ) q_i − λ max_{placed j} cos(e_i, e_j)

    Args:
        gallery: The photos, with embeddings.
        trade_off: λ in [0, 1]: 0 is a sort by quality, 1 looks at variety alone.

    Returns:
        `(n,)` permutation.

    Raises:
        ValueError: If λ is out of range or the gallery has no embeddings.
    """
    if not 0 <= trade_off <= 1:
        raise ValueError(f"expected a trade-off in [0, 1], got {trade_off}")
    likeness = cosine_similarity(gallery)
    likest = np.full(len(gallery), -1.0)  # no cosine is below
    left = np.ones(len(gallery), dtype=bool)
    order = np.empty(len(gallery), dtype=np.intp)
    for place in range(len(gallery)):
        relevance = (1 - trade_off) * gallery.quality - trade_off * likest
        order[place] = np.argmax(np.where(left, relevance, -np.inf))
        left[order[place]] = False
        likest = np.maximum(likest, likeness[order[place]])
    return order


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
