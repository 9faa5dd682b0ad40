"""Why each photo stands where it stands, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stayrank_gallery.ranking.arranging import Arrangement, Cause
from stayrank_gallery.ranking.gallery import Gallery

_EVEN = 0.5  # the probability below which an area is rather not what a photo shows


def reasons(
    gallery: Gallery, arranged: Arrangement, names: Sequence[str], max_run: int | None = None
) -> list[list[str]]:
    """Say for each place what put the photo there, what it adds and how it compares.

    Args:
        gallery: The photos.
        arranged: Their order.
        names: `T` names of the areas, as people say them.
        max_run: Photos of one area that may stand in a row.

    Returns:
        For each place, one to five short phrases.

    Example:
        >>> two = Gallery([0.9, 0.6], [[1, 0], [1, 0]])
        >>> by_gain = Arrangement(np.array([0, 1]), [Cause.GAIN, Cause.GAIN])
        >>> reasons(two, by_gain, ["bedroom", "bathroom"])
        [['first bedroom', 'best photo overall'], ['2nd bedroom', '2nd best photo overall']]
    """
    tags = gallery.top_tags
    overall = _ranks(gallery.quality)
    within = {int(tag): _ranks(gallery.quality[tags == tag]) for tag in np.unique(tags)}
    position = {tag: iter(ranks) for tag, ranks in within.items()}
    rank_within = [next(position[tag]) for tag in tags.tolist()]
    shown: dict[int, int] = {}
    seen: dict[int, int] = {}  # view → the first place that shows it
    explained = []
    for place, (index, cause) in enumerate(
        zip(arranged.order.tolist(), arranged.causes, strict=True), start=1
    ):
        tag = int(tags[index])
        shown[tag] = shown.get(tag, 0) + 1
        count = len(within[tag])
        doubtful = tag >= 0 and gallery.probabilities[index, tag] < _EVEN
        area = _area(tag, shown[tag], names)
        phrases = [*_cause(cause, max_run), f"perhaps the {area}" if doubtful else area]
        first = seen.setdefault(int(gallery.views[index]), place)
        if first < place:
            phrases.append(f"resembles the photo at place {first}")
        if tag >= 0 and count > 1 and rank_within[index] != shown[tag]:
            phrases.append(f"{_best(rank_within[index])} of {count} {names[tag]} photos")
        phrases.append(f"{_best(overall[index])} photo overall")
        explained.append(phrases)
    return explained


def _cause(cause: Cause, max_run: int | None) -> list[str]:
    match cause:
        case Cause.GAIN:
            return []
        case Cause.PINNED:
            return ["pinned to this place"]
        case Cause.HELD:
            return ["kept from the present order, no photo gains enough more"]
        case Cause.RUN:
            return [f"no more than {max_run} of one area in a row"]


def _ranks(quality: NDArray[np.float64]) -> list[int]:
    """Rank 1 for the best; equals share a rank."""
    worse_first = np.sort(quality)
    better = len(quality) - np.searchsorted(worse_first, quality, side="right")
    return [1 + int(count) for count in better]


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
