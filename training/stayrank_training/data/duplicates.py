"""Duplicates: the same bytes, or the same picture in another size, quality or format.

Two photos are near-duplicates whose perceptual hashes (pHash, 64 bits) differ in few bits.
Clusters are transitive: a and c belong together where both are near b.

Reference:
    Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import imagehash
import numpy as np
import pandas as pd
from PIL import Image
from rich.progress import track
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from stayrank_common.errors import PhotoError
from stayrank_common.images import Preprocessing, open_image
from stayrank_training.data.progress import on_stderr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from stayrank_training.data.manifests import Manifest

EXACT, NEAR = "exact duplicate", "near-duplicate"
_LOOK = Preprocessing(width=128, height=128)  # pHash shrinks to 32 × 32
_CHUNK = 512  # rows of the distance matrix at a time: 40 MB for 10,000 photos
_DECODERS = 4


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What tells a photo from others.

    Args:
        sha256: Of the file.
        phash: 64 bits.
        pixels: Width times height.
        size: Of the file in bytes.
    """

    sha256: str
    phash: int
    pixels: int
    size: int


@dataclass(frozen=True, slots=True, eq=False)
class Deduplicated:
    """What is left, and what is not.

    Args:
        kept: The table without duplicates, with the new columns `sha256`, `phash` and `cluster`
            (empty where a photo has no duplicate).
        dropped: Of each dropped photo the `file`, its `cluster`, `reason`, `kept` (the best copy),
            `distance` to it in bits and, where the two differ in these, both tags and splits.
        unreadable: Photos that could not be decoded, and why. They are not in `kept`.
    """

    kept: pd.DataFrame
    dropped: pd.DataFrame
    unreadable: dict[str, str]


def deduplicate(manifest: Manifest, *, max_distance: int) -> Deduplicated:
    """Keep the best copy of each photo: most pixels, then most bytes, then the first name.

    Args:
        manifest: The photos. No file is touched.
        max_distance: Bits in which the hashes of near-duplicates may differ; 0..64.
    """
    prints = fingerprints(manifest.paths())
    readable = np.array([isinstance(one, Fingerprint) for one in prints])
    files = manifest.table["file"]
    unreadable = {
        file: one for file, one in zip(files, prints, strict=True) if isinstance(one, str)
    }
    known = [one for one in prints if isinstance(one, Fingerprint)]
    hashes = np.array([one.phash for one in known], dtype=np.uint64)
    exact = pd.factorize(np.array([one.sha256 for one in known], dtype=object))[0]
    cluster = clusters(hashes, exact, max_distance)
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
        dropped=_dropped(table[~is_best], table[is_best]),
        unreadable=unreadable,
    )


def fingerprints(paths: Sequence[Path]) -> list[Fingerprint | str]:
    """Look at photos; text where one cannot be read says why."""
    with ThreadPoolExecutor(_DECODERS) as pool:
        looks = pool.map(_fingerprint, paths)
        return list(track(looks, "hashing", total=len(paths), console=on_stderr()))


def clusters(
    hashes: NDArray[np.uint64], exact: NDArray[np.intp], max_distance: int
) -> NDArray[np.intp]:
    """Number the clusters of duplicates.

    Args:
        hashes: `(n,)` perceptual hashes.
        exact: `(n,)`: equal numbers for equal files.
        max_distance: Bits in which the hashes of near-duplicates may differ.

    Returns:
        `(n,)` numbers; equal for photos that a chain of likeness joins.
    """
    count = len(hashes)
    pairs = [np.empty((2, 0), np.intp)]
    for start in range(0, count, _CHUNK):
        # Each pair once: a chunk looks at itself and at what comes after.
        distance = np.bitwise_count(hashes[start : start + _CHUNK, None] ^ hashes[None, start:])
        pairs.append(np.stack(np.nonzero(distance <= max_distance)) + start)
    first = np.unique(exact, return_index=True)[1] if count else exact
    pairs.append(np.stack([np.arange(count), first[exact] if count else exact]))
    rows, columns = np.concatenate(pairs, axis=1)
    graph = coo_array((np.ones(len(rows), bool), (rows, columns)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.intp)


def _fingerprint(path: Path) -> Fingerprint | str:
    try:
        content = path.read_bytes()
        photo = open_image(content, _LOOK)
    except (PhotoError, OSError) as error:
        return str(error)
    bits = imagehash.phash(Image.fromarray(photo.pixels)).hash.ravel()
    return Fingerprint(
        sha256=hashlib.sha256(content).hexdigest(),
        phash=int.from_bytes(np.packbits(bits).tobytes(), "big"),
        pixels=photo.width * photo.height,
        size=len(content),
    )


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
