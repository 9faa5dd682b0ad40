"""Duplicates: the same bytes, or the same picture in another size, quality or format.

Clusters are transitive: a and c belong together where both are near b.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from stayrank_training.data.fingerprints import (
    MAX_DISTANCE,
    MIN_CORRELATION,
    Fingerprint,
    fingerprints,
    near_pairs,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stayrank_training.data.manifests import Manifest

EXACT, NEAR = "exact duplicate", "near-duplicate"


@dataclass(frozen=True, slots=True, eq=False)
class Deduplicated:
    """What is left, and what is not.

    Args:
        kept: The table without duplicates, with the new columns `sha256`, `phash` and `cluster`
            (empty where a photo has no duplicate).
        marked: The same columns for all readable photos, none dropped.
        dropped: Of each dropped photo the `file`, its `cluster`, `reason`, `kept` (the best copy),
            `distance` to it in bits and, where the two differ in these, both tags and splits.
        unreadable: Photos that could not be decoded, and why. They are not in `kept`.
    """

    kept: pd.DataFrame
    marked: pd.DataFrame
    dropped: pd.DataFrame
    unreadable: dict[str, str]

    def left_out(self) -> pd.DataFrame:
        """`dropped`, and the unreadable photos below: nothing but `file` and `reason` of them."""
        reasons = [f"unreadable: {reason}" for reason in self.unreadable.values()]
        unreadable = pd.DataFrame({"file": list(self.unreadable), "reason": reasons}, dtype=object)
        return pd.concat([self.dropped.astype(object), unreadable], ignore_index=True)


class DedupeReport(BaseModel):
    """The figures of a deduplication.

    Attributes:
        kept: Photos that are left.
        clusters: Photos that had duplicates.
        exact: Dropped photos with the very bytes of the copy kept.
        near: Dropped photos that look like it.
        across_splits: Dropped photos that lay in another split than the copy kept.
        other_tag: Dropped photos with another tag than the copy kept: one of the two is wrong.
        unreadable: Photos that could not be decoded.
    """

    model_config = ConfigDict(frozen=True)

    kept: int
    clusters: int
    exact: int
    near: int
    across_splits: int
    other_tag: int
    unreadable: int

    @classmethod
    def of(cls, result: Deduplicated) -> DedupeReport:
        """Count."""
        dropped = result.dropped
        differ = {
            column: int((dropped[column] != dropped[f"{column}_kept"]).sum())
            if column in dropped
            else 0
            for column in ("split", "tag")
        }
        exact = int((dropped["reason"] == EXACT).sum())
        return cls(
            kept=len(result.kept),
            clusters=int((result.kept["cluster"] != "").sum()),
            exact=exact,
            near=len(dropped) - exact,
            across_splits=differ["split"],
            other_tag=differ["tag"],
            unreadable=len(result.unreadable),
        )


def deduplicate(
    manifest: Manifest,
    *,
    max_distance: int = MAX_DISTANCE,
    min_correlation: float = MIN_CORRELATION,
) -> Deduplicated:
    """Keep the best copy of each photo: most pixels, then most bytes, then the first name.

    Args:
        manifest: The photos. No file is touched.
        max_distance: Bits in which the hashes of near-duplicates may differ; 0..64.
        min_correlation: Of the thumbnails of near-duplicates, at least; up to 1.
    """
    prints = fingerprints(manifest.paths())
    readable = np.array([isinstance(one, Fingerprint) for one in prints])
    files = manifest.table["file"]
    unreadable = {
        file: one for file, one in zip(files, prints, strict=True) if isinstance(one, str)
    }
    known = [one for one in prints if isinstance(one, Fingerprint)]
    exact = pd.factorize(np.array([one.sha256 for one in known], dtype=object))[0]
    near = near_pairs(known, max_distance, min_correlation)
    cluster = _clusters(exact, near)
    table = manifest.table[readable].assign(
        sha256=[one.sha256 for one in known], phash=[f"{one.phash:016x}" for one in known]
    )
    quality = pd.DataFrame(
        {
            "cluster": cluster,
            "pixels": [-one.pixels for one in known],
            "size": [-one.size for one in known],
            "file": table["file"].to_numpy(),
        },
        index=table.index,
    )
    best = quality.sort_values(["pixels", "size", "file"]).groupby("cluster")["file"].first()
    of_best = quality["cluster"].map(best)
    several = quality["cluster"].map(quality["cluster"].value_counts()) > 1
    table["cluster"] = of_best.where(several, "")
    is_best = of_best == table["file"]
    return Deduplicated(
        kept=table[is_best].reset_index(drop=True),
        marked=table.reset_index(drop=True),
        dropped=_dropped(table[~is_best], table[is_best]),
        unreadable=unreadable,
    )


def _clusters(exact: NDArray[np.intp], near: NDArray[np.intp]) -> NDArray[np.intp]:
    """`(n,)` numbers; equal for photos that a chain of likeness joins.

    `exact` holds equal numbers for equal files, `near` `(2, pairs)` indices.
    """
    count = len(exact)
    first_of = np.unique(exact, return_index=True)[1]
    same = np.stack([np.arange(count), first_of[exact] if count else exact])
    rows, columns = np.concatenate([same, near], axis=1)
    graph = coo_array((np.ones(len(rows), bool), (rows, columns)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.intp)


def _dropped(dropped: pd.DataFrame, kept: pd.DataFrame) -> pd.DataFrame:
    """Why each photo was dropped, beside the copy that was kept."""
    pair = dropped.merge(kept, on="cluster", suffixes=("", "_kept"), how="left")
    same = pair["sha256"] == pair["sha256_kept"]
    distance = [
        (int(a, 16) ^ int(b, 16)).bit_count()
        for a, b in zip(pair["phash"], pair["phash_kept"], strict=True)
    ]
    result = pd.DataFrame(
        {
            "file": pair["file"],
            "kept": pair["file_kept"],
            "cluster": pair["cluster"],
            "reason": np.where(same, EXACT, NEAR),
            "distance": distance,
        }
    )
    for column in ("tag", "split"):
        if column in pair:
            result[column], result[f"{column}_kept"] = pair[column], pair[f"{column}_kept"]
    return result
