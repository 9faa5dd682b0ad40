"""Near-duplicates: photos of the same scene from the same place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stayrank_gallery.ranking.gallery import Gallery
from stayrank_gallery.ranking.mmr import cosine_similarity


def duplicate_groups(gallery: Gallery, *, threshold: float) -> NDArray[np.intp]:
    """Find the near-duplicates of a gallery by the likeness of their embeddings.

    Groups are transitive: a and c are duplicates where both are duplicates of b.

    Args:
        gallery: The photos, with embeddings.
        threshold: Cosine in [−1, 1] from which two photos are duplicates.

    Returns:
        `(n,)`: for each photo the index of the best copy in its group (its own index where it is
        the best): the one of highest quality, the first of equals.
    """
    same = cosine_similarity(gallery) >= threshold
    best = np.full(len(gallery), -1, dtype=np.intp)
    for index in range(len(gallery)):
        if best[index] < 0:
            members = _connected(same, index)
            best[members] = members[np.argmax(gallery.quality[members])]
    return best


def _connected(same: NDArray[np.bool_], start: int) -> NDArray[np.intp]:
    """Return, in ascending order, the photos that a chain of likeness joins to `start`."""
    reached = np.zeros(len(same), dtype=bool)
    reached[start] = True
    frontier = np.array([start])
    while frontier.size:
        grown = same[frontier].any(axis=0) & ~reached
        reached |= grown
        frontier = np.flatnonzero(grown)
    return np.flatnonzero(reached)
