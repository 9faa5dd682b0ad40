"""Groups: photos that must lie on one side of every split.

Two photos belong together that show one hotel, or that are duplicates of each other, or that a
chain of both joins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLUMNS = ("property", "cluster")


def group_names(table: pd.DataFrame) -> NDArray[np.object_]:
    """Name the group of each photo.

    Args:
        table: With `file`, and as far as known `property` and `cluster` (empty: unknown).

    Returns:
        `(photos,)`: the alphabetically first file of the group, whatever the order of the rows.
    """
    count = len(table)
    rows, values, offset = [], [], count
    for column in COLUMNS:
        if column in table.columns:
            known = (table[column] != "").to_numpy()
            codes, names = pd.factorize(table[column])
            rows.append(np.flatnonzero(known))
            values.append(codes[known] + offset)
            offset += len(names)
    pairs = (np.concatenate(part) if part else np.empty(0, int) for part in (rows, values))
    row, value = pairs
    # Photos and values are the nodes, "this photo has this value" the edges.
    graph = coo_array((np.ones(len(row), bool), (row, value)), shape=(offset, offset))
    component = connected_components(graph, directed=False)[1][:count]
    files = table["file"].to_numpy(dtype=object)
    return np.asarray(pd.Series(files).groupby(component).transform("min"), dtype=object)
