"""A plain sort: the most inviting photo first, whatever it shows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stayrank_gallery.ranking.gallery import Gallery


def score_order(gallery: Gallery) -> NDArray[np.intp]:
    """Order a gallery by quality alone, as an `(n,)` permutation."""
    return np.argsort(-gallery.quality, kind="stable")
