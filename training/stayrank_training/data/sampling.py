"""Samples of what to label: every stratum is seen, and totals can still be estimated.

Photos are drawn without replacement with given inclusion probabilities π_i ∝ weight_i, by
systematic sampling along the strata: each stratum gets its expected number, rounded up or down.
For any figure y_i of the photos,

    Σ_{i in sample} y_i / π_i

is then an unbiased estimate of its total over all photos (Horvitz and Thompson).

Reference:
    Madow, "On the Theory of Systematic Sampling, II", Ann. Math. Stat. 1949.
    Horvitz and Thompson, "A Generalization of Sampling Without Replacement from a Finite
    Universe", JASA 1952.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from stayrank_common.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

PROBABILITY = "inclusion_probability"
_SLACK = 1e-9  # of rounding in sums of probabilities


def parse_weight(text: str) -> tuple[str, str, float]:
    """Read a weight of the form `column=value:weight`.

    >>> parse_weight("location=city:2.5")
    ('location', 'city', 2.5)

    Raises:
        ValueError: If it has another form, or the weight is not positive.
    """
    column, equals, rest = text.partition("=")
    value, colon, number = rest.rpartition(":")
    try:
        weight = float(number)
    except ValueError:
        weight = math.nan
    if not (column and equals and colon and 0 < weight < math.inf):
        raise ValueError(f"expected column=value:weight with a weight above 0, got {text!r}")
    return column, value, weight


def sample_photos(
    table: pd.DataFrame,
    size: int,
    by: Sequence[str],
    weights: Mapping[tuple[str, str], float],
    seed: int,
) -> pd.DataFrame:
    """Draw photos.

    Args:
        table: With `file` and the columns of `by`.
        size: How many photos to draw.
        by: Columns whose combinations of values are the strata.
        weights: (column, value) → how much more likely such a photo is; 1 where nothing is said.
            Weights of several columns multiply.
        seed: Of the draw.

    Returns:
        The drawn rows, ordered by `file`, with the new column `inclusion_probability` in (0, 1].
        The order of the rows of `table` does not matter.

    Raises:
        DatasetError: If a column or a value is not there, or there are fewer photos than asked for.
    """
    _check(table, size, by, weights)
    table = table.sort_values("file", ignore_index=True)
    weight = np.ones(len(table))
    for (column, value), factor in weights.items():
        weight[(table[column].astype(str) == value).to_numpy()] *= factor
    probability = inclusion_probabilities(weight, size)
    rng = np.random.default_rng(seed)
    strata = np.zeros(len(table), dtype=np.intp)
    if by:
        strata = np.asarray(table.groupby(list(by), dropna=False).ngroup(), dtype=np.intp)
    chosen = draw(probability, strata, rng)
    return table.iloc[chosen].assign(**{PROBABILITY: probability[chosen]}).reset_index(drop=True)


def inclusion_probabilities(weight: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Turn weights into probabilities of being drawn.

    Args:
        weight: `(n,)` positive.
        size: How many are drawn; at most `n`.

    Returns:
        `(n,)` in (0, 1], summing to `size`, proportional to the weights as far as none exceeds 1.

    Example:
        The first is wanted more than it can be had; the others share what is left.

        >>> inclusion_probabilities(np.array([8.0, 1.0, 1.0]), 2)
        array([1. , 0.5, 0.5])
    """
    certain = np.zeros(len(weight), dtype=bool)
    while True:
        left = size - int(certain.sum())
        rest = weight[~certain].sum()
        probability = np.where(certain, 1.0, weight * (left / rest if rest else 0.0))
        above = (probability >= 1 - _SLACK) & ~certain
        if not above.any():
            return probability
        certain |= above


def draw(
    probability: NDArray[np.float64], strata: NDArray[np.intp], rng: np.random.Generator
) -> NDArray[np.intp]:
    """Draw systematically: lay the probabilities end to end, and take where a comb of step 1 hits.

    Args:
        probability: `(n,)` of being drawn, in (0, 1]; they sum to a whole number.
        strata: `(n,)` numbers of the strata, which lie side by side on the line.
        rng: For the order within the strata, and where the comb begins.

    Returns:
        The drawn indices, ascending, as many as the probabilities sum to.
    """
    order = rng.permutation(len(probability))
    order = order[np.argsort(strata[order], kind="stable")]
    ends = np.cumsum(probability[order])
    ends *= round(ends[-1]) / ends[-1]  # so that rounding neither adds nor loses a hit
    hits = np.ceil(ends - rng.random())
    return np.sort(order[np.diff(hits, prepend=0) > 0])


def _check(
    table: pd.DataFrame, size: int, by: Sequence[str], weights: Mapping[tuple[str, str], float]
) -> None:
    for column in {*by, *(column for column, _ in weights)}:
        if column not in table.columns:
            raise DatasetError(f"no column {column!r}; there are: {', '.join(table.columns)}")
    for column, value in weights:
        values = table[column].astype(str).unique()
        if value not in values:
            some = ", ".join(sorted(values)[:10])
            raise DatasetError(f"no photo has {column} {value!r}; there are: {some}")
    if not 0 < size <= len(table):
        raise DatasetError(f"cannot draw {size} of {len(table)} photos")
