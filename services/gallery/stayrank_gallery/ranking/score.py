"""A plain sort: the most inviting photo first, whatever it shows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stayrank_gallery.ranking.gallery import Gallery


class ScoreGains:
    """The quality of each photo (`arranging.Gains`), whatever has been shown."""

    def __init__(self, gallery: Gallery) -> None:
        self._quality = gallery.quality

    def __call__(self) -> NDArray[np.float64]:
        """Return the `(n,)` gains."""
        return self._quality

    def place(self, index: int) -> None:
        """Nothing changes."""
