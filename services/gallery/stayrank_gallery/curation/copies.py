"""Which of several copies of a photo is shown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stayrank_gallery.ranking import Gallery, duplicate_groups
from stayrank_gallery.schemas import Models, RankOptions
from stayrank_gallery.scored import ScoredPhoto

# Cosine of embeddings. On the galleries of 13 hotels different photos stay below it; crops,
# shifts and re-encodings lie above it (docs/decisions/0003-near-duplicates.md).
DUPLICATE_THRESHOLD = 0.9


def threshold_for(models: Models | None) -> float:
    """Cosine from which embeddings of the tagger are those of copies."""
    stated = models.tagger.duplicate_threshold if models else None
    return DUPLICATE_THRESHOLD if stated is None else stated


def best_copies(
    gallery: Gallery, photos: Sequence[ScoredPhoto], options: RankOptions, threshold: float
) -> NDArray[np.intp]:
    """Find the near-duplicates of a gallery, and which of them to show.

    A pinned photo is always kept. Else decide, in this order: the present order, the mean score to
    half a point (re-encoding changes less), resolution, the exact score, the id.

    Args:
        gallery: `n` photos.
        photos: The same.
        options: What is pinned, and the present order.
        threshold: Cosine of embeddings from which photos are duplicates.

    Returns:
        `(n,)`: for each photo the index of the copy that is kept; its own index where it is that.
    """
    pinned, present = {pin.id for pin in options.pin}, set(options.current)
    is_pinned = np.array([photo.id in pinned for photo in photos], dtype=bool)
    scores = np.array([photo.aesthetic.mean for photo in photos])
    sizes = [photo.look.pixels if photo.look else 0 for photo in photos]
    held = [options.stability > 0 and photo.id in present for photo in photos]
    first = -np.arange(len(photos))
    criteria = [first, scores, np.array(sizes), np.round(2 * scores), np.array(held), is_pinned]
    ascending = np.lexsort(criteria)  # the last criterion weighs most
    best = duplicate_groups(
        gallery,
        threshold=threshold,
        hashes=[int(photo.look.phash, 16) if photo.look else None for photo in photos],
        preference=np.argsort(ascending),
    )
    return np.where(is_pinned, np.arange(len(photos)), best)
