"""How good a photo is among photos of its own area: a bathroom is judged among bathrooms.

`area_percentiles.json` holds, for each area, the percentiles 0..100 of the mean scores that one
aesthetic model, which it names, predicts for the training photos of that area. Of the scores of
another model they would say nothing true: these have no percentiles.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from stayrank_common.errors import OptionError
from stayrank_common.schemas import AestheticResult, ModelInfo, Schema, Score, TagResult

_FILE = Path(__file__).with_name("area_percentiles.json")
_PERCENTS = np.arange(101.0)

Tables = Mapping[str, NDArray[np.float64]]
"""Area → `(101,)` ascending mean scores."""


class _Model(Schema):
    name: str
    version: str
    weights_sha256: str = Field(description="Of its Keras weights, whatever is derived from them.")


class _Tables(Schema):
    model: _Model
    areas: dict[str, Annotated[list[Score], Field(min_length=101, max_length=101)]]


def tables_for(model: ModelInfo | None, *, needed: bool = False) -> Tables:
    """Return the tables that scores of a model may be compared with.

    A model is told by name and version: an int8 graph that is made anew changes its checksum.

    Args:
        model: That predicted the scores; None where they do not say what they come from.
        needed: Whether photos are to be ordered by them.

    Returns:
        Empty where the tables are another model's.

    Raises:
        OptionError: They are needed, and there are none.
    """
    known, tables = _read()
    if model and (model.name, model.version) == (known.name, known.version):
        return tables
    if needed:
        asked = f"by {model.name} {model.version}" if model else "that do not name their model"
        raise OptionError(
            f"score: area_percentile is known for scores by {known.name} {known.version}, not for "
            f"scores {asked}; take mean, or make tables (stayrank models area-percentiles)"
        )
    return {}


def area_percentile(tables: Tables, tags: TagResult, rating: AestheticResult) -> float | None:
    """Share of the training photos of the same area with a lower mean score, in percent.

    Returns:
        In [0, 100], interpolated; None for a photo of no known area, or of an area without a table.
    """
    table = None if tags.rejected else tables.get(tags.top_tag)
    return None if table is None else round(float(np.interp(rating.mean, table, _PERCENTS)), 2)


@cache
def _read() -> tuple[_Model, Tables]:
    found = _Tables.model_validate_json(_FILE.read_bytes())
    return found.model, {area: np.array(values) for area, values in found.areas.items()}
