"""Near-duplicates: photos of the same scene from the same place.

Two photos are alike where their embeddings are, or where their perceptual hashes differ in so few
bits that their embeddings need not be as near; measured in docs/experiments.md.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stayrank_gallery.ranking.gallery import Gallery
from stayrank_gallery.ranking.mmr import cosine_similarity


def duplicate_groups(
    gallery: Gallery, *, threshold: float, preference: ArrayLike | None = None
) -> NDArray[np.intp]:
    """Find the near-duplicates of a gallery.

    Groups are transitive: a and c are duplicates where both are duplicates of b.

    Args:
        gallery: The photos, with embeddings.
        threshold: Cosine in [−1, 1] from which two photos are duplicates.
        preference: `(n,)`: the higher, the rather a photo is kept; its quality by default.

    Returns:
        `(n,)`: for each photo the index of the best copy in its group (its own index where it is
        the best): the one preferred most, the first of equals.
    """
    same = cosine_similarity(gallery) >= threshold
    preferred = gallery.quality if preference is None else np.asarray(preference)
    best = np.full(len(gallery), -1, dtype=np.intp)
    for index in range(len(gallery)):
        if best[index] < 0:
            members = _connected(same, index)
            best[members] = members[np.argmax(preferred[members])]
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
