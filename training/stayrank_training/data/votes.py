"""Photos with votes: label files of the form that idealo's NIMA and AVA tools use.

    [{"image_id": "train/bedroom/1a2b.jpg", "label": [0, 1, 4, 12, 30, 33, 14, 5, 1, 0]}, …]

`label` counts the votes for the ratings 1..10.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from stayrank_common.errors import DatasetError
from stayrank_common.images import SUFFIXES
from stayrank_common.ratings import normalised

if TYPE_CHECKING:
    from pathlib import Path

    from stayrank_common.ratings import Array


def read_votes(labels: Path, folder: Path) -> dict[Path, Array]:
    """Read a label file.

    Args:
        labels: The JSON file.
        folder: What `image_id` is relative to. An id without a suffix means any image of that
            stem; dots in an id are part of it.

    Returns:
        Photo → its `(10,)` rating distribution, in the order of the file.

    Raises:
        DatasetError: If the file is malformed, a photo is missing or stands there twice.
    """
    try:
        rows = json.loads(labels.read_text(encoding="utf-8"))
        pairs = [(str(row["image_id"]), normalised(row["label"])) for row in rows]
    except OSError as error:
        raise DatasetError(f"{labels}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{labels}: not a list of image_id and label: {error}") from error
    votes: dict[Path, Array] = {}
    for image_id, distribution in pairs:
        path = _photo(folder, image_id)
        if path is None:
            raise DatasetError(f"{labels}: no photo {image_id!r} in {folder}")
        if path in votes:
            raise DatasetError(f"{labels}: {image_id!r} stands there twice")
        votes[path] = distribution
    return votes


def _photo(folder: Path, image_id: str) -> Path | None:
    exact = folder / image_id
    if exact.is_file():
        return exact
    return next((p for s in sorted(SUFFIXES) if (p := folder / f"{image_id}{s}").is_file()), None)
