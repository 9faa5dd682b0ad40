"""Corrections of tags, found by looking at photos one by one.

A CSV file with the columns `file`, `label` (the tag that it corrects) and `verdict`: `drop`, or
the right tag.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import TYPE_CHECKING

from stayrank_common.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from stayrank_training.data.photos import TaggedPhoto

DROP = "drop"


def apply_corrections(photos: Iterable[TaggedPhoto], path: Path) -> list[TaggedPhoto]:
    """Return the photos with the corrections of a file applied.

    Args:
        photos: Photos with tags.
        path: The CSV file. Lines about photos that are not among `photos` are ignored.

    Raises:
        DatasetError: If the file is malformed, or a correction was made for another tag than the
            photo has.
    """
    verdicts: dict[str, tuple[str, str]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                verdicts[row["file"]] = (row["label"], row["verdict"])
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror}") from error
    except KeyError as error:
        raise DatasetError(f"{path}: no column {error}") from error
    corrected = []
    for photo in photos:
        label, verdict = verdicts.get(photo.file, (photo.tag, photo.tag))
        if label != photo.tag:
            raise DatasetError(f"{path}: corrects {photo.file} as {label!r}, it is {photo.tag!r}")
        if verdict != DROP:
            corrected.append(replace(photo, tag=verdict))
    return corrected
