"""Why each photo stands where it stands, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stayrank_gallery.ranking.gallery import Gallery


def reasons(gallery: Gallery, order: NDArray[np.intp], names: Sequence[str]) -> list[list[str]]:
    """Say for each place which area it adds and how the photo compares.

    Args:
        gallery: The photos.
        order: `(n,)` permutation.
        names: `T` names of the areas, as people say them.

    Returns:
        For each place of `order`, one to three short phrases.

    Example:
        >>> two = Gallery([0.9, 0.6], [[1, 0], [1, 0]])
        >>> reasons(two, np.array([0, 1]), ["bedroom", "bathroom"])
        [['first bedroom', 'best photo overall'], ['2nd bedroom', '2nd best photo overall']]
    """
    tags = gallery.top_tags
    overall = _ranks(gallery.quality)
    shown: dict[int, int] = {}
    explained = []
    for index in order:
        tag = int(tags[index])
        shown[tag] = shown.get(tag, 0) + 1
        among = tags == tag
        rank_within = 1 + int((gallery.quality[among] > gallery.quality[index]).sum())
        phrases = [_area(tag, shown[tag], names)]
        if tag >= 0 and among.sum() > 1 and rank_within != shown[tag]:
            phrases.append(f"{_best(rank_within)} of {among.sum()} {names[tag]} photos")
        phrases.append(f"{_best(overall[index])} photo overall")
        explained.append(phrases)
    return explained


def _ranks(quality: NDArray[np.float64]) -> list[int]:
    """Rank 1 for the best; equals share a rank."""
    return [1 + int((quality > own).sum()) for own in quality]


def _area(tag: int, count: int, names: Sequence[str]) -> str:
    if tag < 0:
        return "area not certain"
    return f"first {names[tag]}" if count == 1 else f"{ordinal(count)} {names[tag]}"


def _best(rank: int) -> str:
    return "best" if rank == 1 else f"{ordinal(rank)} best"


def ordinal(number: int) -> str:
    """Write a position as people say it.

    >>> [ordinal(n) for n in (1, 2, 3, 4, 11, 22, 113)]
    ['1st', '2nd', '3rd', '4th', '11th', '22nd', '113th']
    """
    teens = number % 100 in (11, 12, 13)
    suffix = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
