"""Galleries of hotels whose photos were tagged and rated: what rankings are judged on.

A folder with a folder for each hotel, which holds the photos and `truth.json`:

    {"1a2b.jpg": {"tag": "bedroom", "mean": 6.3, "split": "train"}, …}
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import TypeAdapter, ValidationError

from stayrank_common.errors import DatasetError
from stayrank_common.schemas import Schema, Score

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

TRUTH = "truth.json"


class PhotoTruth(Schema):
    """What is known of one photo: the area it shows, its mean rating, the split of its hotel."""

    tag: str
    mean: Score
    split: Literal["train", "val", "test"]


@dataclass(frozen=True, slots=True, eq=False)
class RatedGallery:
    """The photos of one hotel.

    Args:
        name: Of the hotel.
        split: Of the hotel.
        folder: Where the photos lie.
        files: `n` names, sorted.
        areas: `(n,)` the true tag of each.
        ratings: `(n,)` mean ratings in [1, 10].
    """

    name: str
    split: str
    folder: Path
    files: Sequence[str]
    areas: NDArray[np.str_]
    ratings: NDArray[np.float64]

    def without(self, files: set[str]) -> RatedGallery:
        """Return the gallery without some of its photos."""
        kept = [i for i, file in enumerate(self.files) if file not in files]
        return RatedGallery(
            self.name,
            self.split,
            self.folder,
            [self.files[i] for i in kept],
            self.areas[kept],
            self.ratings[kept],
        )


def read_galleries(folder: Path, split: str) -> list[RatedGallery]:
    """Read the galleries of one split, ordered by name.

    Raises:
        DatasetError: If there is none, a `truth.json` is malformed or names a photo that is not
            there, or a hotel lies on both sides of a split.
    """
    galleries = [_read(path) for path in sorted(folder.glob(f"*/{TRUTH}"))]
    if not galleries:
        raise DatasetError(f"{folder}: no gallery; expected folders that hold {TRUTH}")
    chosen = [gallery for gallery in galleries if gallery.split == split]
    if not chosen:
        raise DatasetError(f"{folder}: no gallery in the split {split!r}")
    return chosen


def _read(path: Path) -> RatedGallery:
    try:
        truth = _TRUTHS.validate_json(path.read_bytes())
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise DatasetError(f"{path}: {where}: {first['msg']}") from error
    if not truth:
        raise DatasetError(f"{path}: not one photo")
    files = sorted(truth)
    missing = [file for file in files if not (path.parent / file).is_file()]
    if missing:
        raise DatasetError(f"{path}: no photo {missing[0]!r} beside it")
    splits = sorted({photo.split for photo in truth.values()})
    if len(splits) > 1:
        raise DatasetError(f"{path}: one hotel in several splits: {', '.join(splits)}")
    return RatedGallery(
        path.parent.name,
        splits[0],
        path.parent,
        files,
        np.array([truth[file].tag for file in files]),
        np.array([truth[file].mean for file in files]),
    )


_TRUTHS = TypeAdapter(dict[str, PhotoTruth])
