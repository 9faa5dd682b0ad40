"""Splits into train, val and test: whole groups, every class in the same shares.

    cost(counts) = Σ_s Σ_c (n_sc − share_s · N_c)² / (share_s · N_c)

summed over splits s and over the classes c, the number of all photos among them. Groups are
placed one by one, the largest first, where the cost rises least.

Reference:
    Sechidis, Tsoumakas and Vlahavas, "On the Stratification of Multi-label Data", ECML PKDD 2011
    (the greedy order: what is hardest to place goes first).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stayrank_common.errors import DatasetError
from stayrank_training.data.folds import name_hash
from stayrank_training.data.groups import group_names

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NAMES = {2: ("train", "test"), 3: ("train", "val", "test")}


def parse_shares(text: str) -> dict[str, float]:
    """Read shares.

    >>> parse_shares("70/30")
    {'train': 0.7, 'test': 0.3}
    >>> list(parse_shares("70/15/15"))  # or 0.7/0.15/0.15
    ['train', 'val', 'test']

    Raises:
        ValueError: If there are not two or three positive numbers that sum to 100, or to 1.
    """
    try:
        values = [float(part) for part in text.split("/")]
    except ValueError:
        values = []
    if len(values) not in _NAMES or not all(0 < v < math.inf for v in values):
        raise ValueError(f"expected shares like 70/30 or 70/15/15, got {text!r}")
    total = math.fsum(values)
    if not any(math.isclose(total, whole) for whole in (1, 100)):
        raise ValueError(f"expected shares that sum to 100, like 70/30; {text!r} sums to {total:g}")
    return {name: v / total for name, v in zip(_NAMES[len(values)], values, strict=True)}


def doubts(table: pd.DataFrame) -> list[str]:
    """What `split_photos` cannot know of a table: which photos belong together.

    >>> doubts(pd.DataFrame({"property": ["h1", ""], "cluster": ["", ""]}))
    ['1 of 2 photos have no `property`: others of the same hotel may lie in another split']
    """
    found = []
    unknown = int((table["property"] == "").sum()) if "property" in table else len(table)
    if unknown:
        found.append(
            f"{unknown} of {len(table)} photos have no `property`: others of the same hotel may "
            "lie in another split"
        )
    if "cluster" not in table:
        found.append("no column `cluster`: duplicates may lie in two splits; `dedupe` finds them")
    return found


def split_photos(table: pd.DataFrame, shares: dict[str, float], seed: int) -> pd.DataFrame:
    """Deal photos into splits.

    Args:
        table: With `file` and `tag`, and as far as known `property` and `cluster`.
        shares: Split → its share of the photos; they sum to 1.
        seed: Another seed, another order of groups that are equally hard to place.

    Returns:
        The table, ordered by `file`, with a new column `split`. No group of
        `stayrank_training.data.groups` lies in two splits. The order of the rows does not matter.

    Raises:
        DatasetError: If there are fewer groups than splits.
    """
    table = table.sort_values("file", ignore_index=True)
    groups = pd.Series(group_names(table), name="group")
    counts = pd.crosstab(groups, table["tag"])
    if len(counts) < len(shares):
        raise DatasetError(
            f"{len(counts)} groups (hotels, duplicates) cannot be dealt into {len(shares)} splits"
        )
    counts.insert(0, "", counts.sum(axis=1))  # all photos count as a class
    place = _place(counts, np.array(list(shares.values())), seed)
    names = dict(zip(counts.index, np.array(list(shares))[place], strict=True))
    return table.assign(split=groups.map(names))


def _place(counts: pd.DataFrame, shares: NDArray[np.float64], seed: int) -> NDArray[np.intp]:
    """`(groups,)`: the split of each group."""
    groups = counts.to_numpy(dtype=np.float64)  # (groups, classes)
    target = np.outer(shares, groups.sum(axis=0))  # (splits, classes)
    filled = np.zeros_like(target)
    weight = (groups**2 / groups.sum(axis=0)).sum(axis=1)
    tie = np.array([name_hash(str(name), seed) for name in counts.index], dtype=np.uint64)
    place = np.zeros(len(groups), dtype=np.intp)
    for index in np.lexsort((tie, -weight)):
        group = groups[index]
        rise = (group * (2 * (filled - target) + group) / target).sum(axis=1)
        place[index] = best = int(np.argmin(rise))
        filled[best] += group
    return place
