"""Orders of a gallery: pure functions over NumPy arrays.

A gallery of `n` photos is four arrays, one row a photo, in any order:

    quality        (n,)    q in [0, 1]: how inviting the photo is
    probabilities  (n, T)  p(t|i) in [0, 1]: how probable it is that photo i shows area t;
                           a row of zeros for a photo that shows no known area
    embeddings     (n, d)  the photo as the tagger's backbone sees it (only `mmr` looks at it)
    views          (n,)    photos of one view have the same number (only `coverage` looks at it)

An order is an `(n,)` integer permutation: place 0 holds the index of the cover photo. Every
strategy places greedily (`arranging.arrange`), so that any prefix is the answer for a smaller
limit; equal photos keep the order in which they are given, so callers sort by id first to be
independent of input order.
"""

from __future__ import annotations

from stayrank_gallery.ranking.arranging import (
    Arrangement,
    Cause,
    Constraints,
    Gains,
    arrange,
    plain_order,
)
from stayrank_gallery.ranking.coverage import CoverageGains, coverage_order, coverage_value
from stayrank_gallery.ranking.duplicates import duplicate_groups, like_views
from stayrank_gallery.ranking.gallery import Gallery
from stayrank_gallery.ranking.mmr import MmrGains
from stayrank_gallery.ranking.optimum import greedy_shares, largest_value
from stayrank_gallery.ranking.reasons import reasons
from stayrank_gallery.ranking.round_robin import RoundRobinGains
from stayrank_gallery.ranking.score import ScoreGains

__all__ = [
    "Arrangement",
    "Cause",
    "Constraints",
    "CoverageGains",
    "Gains",
    "Gallery",
    "MmrGains",
    "RoundRobinGains",
    "ScoreGains",
    "arrange",
    "coverage_order",
    "coverage_value",
    "duplicate_groups",
    "greedy_shares",
    "largest_value",
    "like_views",
    "plain_order",
    "reasons",
]
