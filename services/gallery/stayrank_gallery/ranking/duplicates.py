"""Like photos: near-duplicates, of which one is shown, and views, of which one is shown early.

Two photos are near-duplicates where their embeddings are alike; where these nearly are, the
perceptual hashes decide. Those that nearly are alike show the same view, framed again, or rooms
that hardly differ. docs/experiments.md has the measurement behind the numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stayrank_gallery.ranking.gallery import Gallery
from stayrank_gallery.ranking.mmr import cosine_similarity

MAX_BITS = 14  # in which the hashes of copies differ
SLACK = 0.05  # by which the cosine of copies may miss the threshold where the hashes agree


def duplicate_groups(
    gallery: Gallery,
    *,
    threshold: float,
    hashes: Sequence[int | None] | None = None,
    preference: ArrayLike | None = None,
) -> NDArray[np.intp]:
    """Find the near-duplicates of a gallery.

    Two photos are alike where the cosine of their embeddings is at least `threshold`, or at most
    0.05 less while their hashes differ in at most 14 bits. Groups are transitive: a and c are
    duplicates where both are duplicates of b.

    Args:
        gallery: The photos, with embeddings.
        threshold: Cosine in [−1, 1] from which two photos are duplicates; above 1, none are.
        hashes: `n` perceptual hashes of 64 bits; None for a photo whose hash is not known.
        preference: `(n,)`: the higher, the rather a photo is kept; its quality by default.

    Returns:
        `(n,)`: for each photo the index of the best copy in its group (its own index where it is
        the best): the one preferred most, the first of equals.
    """
    likeness = cosine_similarity(gallery)
    best = np.arange(len(gallery))
    if threshold > 1:
        return best
    same = likeness >= threshold
    if hashes is not None:
        same |= (likeness >= threshold - SLACK) & _near(hashes)
    preferred = gallery.quality if preference is None else np.asarray(preference)
    for members in _groups(same):
        best[members] = members[np.argmax(preferred[members])]
    return best


def like_views(gallery: Gallery, *, threshold: float) -> NDArray[np.intp]:
    """Find the photos of a gallery that show one view, by embeddings alone.

    Args:
        gallery: The photos, with embeddings.
        threshold: Of `duplicate_groups`. Here a cosine of 0.05 less is enough; where no photos are
            duplicates, no two show one view.

    Returns:
        `(n,)` `Gallery.views`: for each photo the first that shows what it shows. Transitive.
    """
    likeness = cosine_similarity(gallery)
    first = np.arange(len(gallery))
    if threshold <= 1:
        for members in _groups(likeness >= threshold - SLACK):
            first[members] = members[0]
    return first


def _groups(same: NDArray[np.bool_]) -> Iterator[NDArray[np.intp]]:
    """Yield, in ascending order, the photos of each group of more than one."""
    seen = same.sum(axis=1) <= 1  # like no other photo
    for index in range(len(same)):
        if not seen[index]:
            members = _connected(same, index)
            seen[members] = True
            yield members


def _near(hashes: Sequence[int | None]) -> NDArray[np.bool_]:
    """`(n, n)`: whether two hashes are known and differ in few bits."""
    known = np.array([one is not None for one in hashes], dtype=bool)
    bits = np.array([one or 0 for one in hashes], dtype=np.uint64)
    near = np.bitwise_count(bits[:, None] ^ bits) <= MAX_BITS
    return np.asarray(near & known[:, None] & known)


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
