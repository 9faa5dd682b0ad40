"""How good an order of a gallery is: beautiful photos early, and every area among them.

All functions take what is true of the `n` photos, not what a model says:

    areas    (n,)  the tag of each; a photo of `OTHER` shows no area, and gains nothing
    ratings  (n,)  mean ratings in [1, 10]
    order    (m,)  indices of different photos, the cover first; photos may be missing

>>> areas, ratings = np.array(["pool", "pool", "bedroom"]), np.array([10.0, 10.0, 5.5])
>>> novelty_gains(areas, ratings, [0, 1, 2])  # the second pool is worth half
array([1. , 0.5, 0.5])
>>> subtopic_recall(areas, [0, 1, 2], depth=2)
0.5

Reference:
    Clarke et al., "Novelty and Diversity in Information Retrieval Evaluation", SIGIR 2008 (α-nDCG);
    Zhai, Cohen and Lafferty, "Beyond Independent Relevance: Methods and Evaluation Metrics for
    Subtopic Retrieval", SIGIR 2003 (S-recall).
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Areas = NDArray[np.str_]
    Ratings = NDArray[np.floating]

OTHER = "other"
ALPHA = 0.5  # what each further photo of an area loses


def novelty_gains(
    areas: Areas, ratings: Ratings, order: ArrayLike, alpha: float = ALPHA
) -> NDArray[np.float64]:
    """What each place adds: (rating − 1)/9 · (1 − α)^(photos of its area placed before it).

    Clarke et al., equation 2, with graded relevance and one area a photo.

    Returns:
        `(m,)` gains in [0, 1], in the order of the places.
    """
    seen: Counter[str] = Counter()
    gains = []
    for index in np.asarray(order, dtype=np.intp):
        area = str(areas[index])
        relevance = 0.0 if area == OTHER else (float(ratings[index]) - 1) / 9
        gains.append(relevance * (1 - alpha) ** seen[area])
        seen[area] += 1
    return np.array(gains, dtype=np.float64)


def alpha_ndcg(
    areas: Areas, ratings: Ratings, order: ArrayLike, depth: int = 10, alpha: float = ALPHA
) -> float:
    """α-nDCG: discounted gains of the first `depth` places over those of the ideal order.

    The ideal takes the largest gain at each step. Because a photo shows one area, that is a sort:
    of the gains that the photos have where each area is in order of its ratings.

    Returns:
        A value in [0, 1]; not a number where no order gains anything.
    """
    by_rating = np.argsort(-ratings, kind="stable")
    ideal = np.sort(novelty_gains(areas, ratings, by_rating, alpha))[::-1]
    best = _discounted(ideal, depth)
    if not best:
        return math.nan
    return _discounted(novelty_gains(areas, ratings, order, alpha), depth) / best


def subtopic_recall(areas: Areas, order: ArrayLike, depth: int = 5) -> float:
    """S-recall: the share of the areas present that the first `depth` places show.

    Returns:
        A value in [0, 1]; not a number where no photo shows an area.
    """
    present = set(areas.tolist()) - {OTHER}
    shown = set(areas[np.asarray(order, dtype=np.intp)[:depth]].tolist()) - {OTHER}
    return len(shown) / len(present) if present else math.nan


def mean_rating(ratings: Ratings, order: ArrayLike, depth: int = 5) -> float:
    """The mean rating of the first `depth` places, in [1, 10]; not a number where there is none."""
    first = ratings[np.asarray(order, dtype=np.intp)[:depth]]
    return float(first.mean()) if len(first) else math.nan


def _discounted(gains: NDArray[np.float64], depth: int) -> float:
    first = gains[:depth]
    return float((first / np.log2(np.arange(2, len(first) + 2))).sum())
