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

MAX_BITS = 14  # in which the hashes of copies differ
SLACK = 0.05  # by which the cosine of copies may miss the threshold where the hashes agree
_ROWS = 256  # compared with all photos at a time: the whole matrix may not fit into memory


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
    hashes = [None] * len(gallery) if hashes is None else hashes
    known = np.array([one is not None for one in hashes], dtype=bool)
    bits = np.array([one or 0 for one in hashes], dtype=np.uint64)
    first = np.arange(len(gallery))
    for a, b, cosine in _nearly_alike(gallery, threshold):
        near = known[a] & known[b] & (np.bitwise_count(bits[a] ^ bits[b]) <= MAX_BITS)
        same = near | (cosine >= threshold)
        _join(first, a[same], b[same])
    preferred = gallery.quality if preference is None else np.asarray(preference)
    best_last = np.argsort(-preferred, kind="stable")[::-1]
    best = np.empty_like(first)
    best[first[best_last]] = best_last
    return best[first]


def like_views(gallery: Gallery, *, threshold: float) -> NDArray[np.intp]:
    """Find the photos of a gallery that show one view, by embeddings alone.

    Args:
        gallery: The photos, with embeddings.
        threshold: Of `duplicate_groups`. Here a cosine of 0.05 less is enough; where no photos are
            duplicates, no two show one view.

    Returns:
        `(n,)` `Gallery.views`: for each photo the first that shows what it shows. Transitive.
    """
    first = np.arange(len(gallery))
    for a, b, _ in _nearly_alike(gallery, threshold):
        _join(first, a, b)
    return first


def _nearly_alike(
    gallery: Gallery, threshold: float
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]]:
    """Yield pairs of photos that may be alike and their cosines, some rows of all at a time."""
    if threshold > 1:
        return
    directions = gallery.directions
    for start in range(0, len(gallery), _ROWS):
        cosines = (directions[start : start + _ROWS] @ directions[start:].T).ravel()
        found = np.flatnonzero(cosines >= threshold - SLACK)  # six times as fast as in two axes
        a, b = np.divmod(found, len(gallery) - start)
        yield start + a, start + b, cosines[found]


def _join(first: NDArray[np.intp], a: NDArray[np.intp], b: NDArray[np.intp]) -> None:
    """Make one group of the groups of each pair; `first` names a group by its first photo."""
    while (apart := first[a] != first[b]).any():
        a, b = first[a[apart]], first[b[apart]]
        np.minimum.at(first, np.maximum(a, b), np.minimum(a, b))
        while (first != (nearer := first[first])).any():
            first[:] = nearer
