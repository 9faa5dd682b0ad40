"""Photos with votes: label files of the form that idealo's NIMA and AVA tools use.

    [{"image_id": "train/bedroom/1a2b.jpg", "label": [0, 1, 4, 12, 30, 33, 14, 5, 1, 0]}, …]

`label` counts the votes for the ratings 1..10. Frequencies that sum to 1 will do as well.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stayrank_common.errors import DatasetError
from stayrank_common.images import SUFFIXES
from stayrank_common.ratings import normalised
from stayrank_common.repeats import first_repeated

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from stayrank_common.ratings import Array

_TOLERANCE = 0.01  # published frequencies are rounded to three digits or so


@dataclass(frozen=True, slots=True)
class Votes:
    """The votes on a photo.

    Args:
        image_id: Its name.
        counts: Ten votes for the ratings 1..10; or frequencies that sum to 1.
        semantic_tags: Of AVA: two numbers of `tags.txt`, 0 for none.
        challenge: Of AVA: a number of `challenges.txt`, 0 for none.
    """

    image_id: str
    counts: tuple[float, ...]
    semantic_tags: tuple[int, int] = (0, 0)
    challenge: int = 0

    def __post_init__(self) -> None:
        """Refuse what is no distribution of votes.

        Raises:
            ValueError: If there are not ten votes, one is negative, there is none at all, or
                frequencies do not sum to 1.
        """
        if len(self.counts) != 10:
            raise ValueError(f"{self.image_id}: expected ten votes, got {len(self.counts)}")
        if not all(0 <= count < math.inf for count in self.counts):
            raise ValueError(f"{self.image_id}: expected votes of 0 or more, got {self.counts}")
        total = math.fsum(self.counts)
        if not total:
            raise ValueError(f"{self.image_id}: expected at least one vote")
        whole = all(float(count).is_integer() for count in self.counts)
        if not whole and abs(total - 1) > _TOLERANCE:
            raise ValueError(f"{self.image_id}: the frequencies sum to {total:g}, not to 1")

    def distribution(self) -> Array:
        """`(10,)` frequencies that sum to 1."""
        return normalised(self.counts)


def read_label_file(labels: Path) -> list[Votes]:
    """Read a JSON label file, whether or not its photos are there.

    Raises:
        DatasetError: If the file is malformed, or a photo stands there twice.
    """
    try:
        rows = json.loads(labels.read_text(encoding="utf-8"))
    except OSError as error:
        raise DatasetError(f"{labels}: {error.strerror}") from error
    except ValueError as error:
        raise DatasetError(f"{labels}: not JSON: {error}") from error
    try:
        votes = [Votes(str(row["image_id"]), _numbers(row)) for row in rows]
    except ValueError as error:
        raise DatasetError(f"{labels}: {error}") from error
    except (KeyError, TypeError) as error:
        raise DatasetError(f"{labels}: not a list of image_id and label: {error}") from error
    return refuse_twice(labels, votes)


def write_label_file(labels: Path, votes: Iterable[Votes]) -> None:
    """Write a JSON label file."""
    rows = [{"image_id": v.image_id, "label": [_plain(c) for c in v.counts]} for v in votes]
    labels.write_text(json.dumps(rows) + "\n", encoding="utf-8")


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
    found: dict[Path, Array] = {}
    for votes in read_label_file(labels):
        path = _photo(folder, votes.image_id)
        if path is None:
            raise DatasetError(f"{labels}: no photo {votes.image_id!r} in {folder}")
        if path in found:
            raise DatasetError(f"{labels}: {votes.image_id!r} stands there twice")
        found[path] = votes.distribution()
    return found


def refuse_twice(labels: Path, votes: list[Votes]) -> list[Votes]:
    """Return the votes.

    Raises:
        DatasetError: If a photo stands there twice.
    """
    if twice := first_repeated(one.image_id for one in votes):
        raise DatasetError(f"{labels}: {twice!r} stands there twice")
    return votes


def _numbers(row: dict[str, Any]) -> tuple[float, ...]:
    label = row["label"]
    if not isinstance(label, list) or any(type(value) not in {int, float} for value in label):
        raise TypeError(f"{row['image_id']}: expected a list of ten numbers, got {label!r}")
    return tuple(label)


def _plain(count: float) -> float:
    return int(count) if float(count).is_integer() else count


def _photo(folder: Path, image_id: str) -> Path | None:
    exact = folder / image_id
    if exact.is_file():
        return exact
    return next((p for s in sorted(SUFFIXES) if (p := folder / f"{image_id}{s}").is_file()), None)
