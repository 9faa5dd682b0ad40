"""The best photo of each area in turn, then the second best of each, and so on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stayrank_gallery.ranking.gallery import Gallery
from stayrank_gallery.ranking.score import score_order


def round_robin_order(gallery: Gallery) -> NDArray[np.intp]:
    """Order a gallery in rounds: photo k of each area is in round k, each round by quality.

    Photos of no known area come last: they show nothing that a round is for.

    Returns:
        `(n,)` permutation.
    """
    tags = gallery.top_tags
    rounds = np.zeros(len(gallery), dtype=np.intp)
    seen: dict[int, int] = {}
    for index in score_order(gallery):
        tag = int(tags[index])
        seen[tag] = rounds[index] = seen.get(tag, 0) + 1
    unknown = tags < 0
    return np.lexsort((-gallery.quality, rounds, unknown))
