"""The best photo of each area in turn, then the second best of each, and so on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stayrank_gallery.ranking.gallery import Gallery

_ROUND = 2.0  # more than any two qualities differ


class RoundRobinGains:
    """Quality, less 2 for each placed photo of the same area (`arranging.Gains`).

    Photos of no known area come last: they show nothing that a round is for.
    """

    def __init__(self, gallery: Gallery) -> None:
        self._areas = gallery.top_tags
        self._gains = gallery.quality - _ROUND * len(gallery) * (self._areas < 0)

    def __call__(self) -> NDArray[np.float64]:
        """Return the `(n,)` gains."""
        return self._gains

    def place(self, index: int) -> None:
        """Show a photo."""
        area = self._areas[index]
        if area >= 0:
            self._gains = self._gains - _ROUND * (self._areas == area)
