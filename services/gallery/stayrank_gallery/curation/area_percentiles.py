"""How good a photo is among photos of its own area: a bathroom is judged among bathrooms.

`area_percentiles.json` holds, for each area, the percentiles 0..100 of the mean scores that the
shipped aesthetic model predicts for the training photos of that area.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stayrank_common.schemas import AestheticResult, TagResult

_FILE = Path(__file__).with_name("area_percentiles.json")
_PERCENTS = np.arange(101.0)


def area_percentile(tags: TagResult, rating: AestheticResult) -> float | None:
    """Share of the training photos of the same area with a lower mean score, in percent.

    Returns:
        In [0, 100], interpolated; None for a photo of no known area, or of an area without a table.
    """
    table = None if tags.rejected else _tables().get(tags.top_tag)
    return None if table is None else round(float(np.interp(rating.mean, table, _PERCENTS)), 2)


@cache
def _tables() -> dict[str, NDArray[np.float64]]:
    """Area → `(101,)` ascending mean scores."""
    found = json.loads(_FILE.read_text(encoding="utf-8"))
    return {area: np.array(values, dtype=np.float64) for area, values in found.items()}
