"""Corrections of tags, found by looking at photos one by one.

A CSV file with the columns `file`, `label` (the tag that it corrects) and `verdict`: `drop`,
`keep` (looked at, and right), or the right tag.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stayrank_common.errors import DatasetError
from stayrank_common.tags import TAGS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from stayrank_training.data.photos import TaggedPhoto

DROP, KEEP = "drop", "keep"
COLUMNS = ("file", "label", "verdict")


@dataclass(frozen=True, slots=True)
class Correction:
    """What was found when looking at a photo.

    Args:
        file: The photo's name in the dataset.
        label: The tag that it had.
        verdict: `drop`, `keep`, or the right tag.
    """

    file: str
    label: str
    verdict: str

    @property
    def wrong(self) -> bool:
        """Whether the label was found wrong."""
        return self.verdict not in {KEEP, self.label}


def read_corrections(path: Path) -> dict[str, Correction]:
    """Read a file of corrections: file → correction.

    Raises:
        DatasetError: If the file is malformed, or a photo has two different verdicts.
    """
    found: dict[str, Correction] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            for row in reader:
                correction = Correction(*(row[column] for column in COLUMNS))
                where = f"{path}:{reader.line_num}"
                if not (correction.file and correction.label and correction.verdict):
                    raise DatasetError(f"{where}: expected values for {', '.join(COLUMNS)}")
                if found.setdefault(correction.file, correction) != correction:
                    raise DatasetError(f"{where}: a second, other verdict on {correction.file}")
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{path}: not a CSV file in UTF-8: {error}") from error
    except KeyError as error:
        raise DatasetError(f"{path}: no column {error}") from error
    return found


def apply_corrections(photos: Iterable[TaggedPhoto], path: Path) -> list[TaggedPhoto]:
    """Return the photos with the corrections of a file applied.

    Args:
        photos: Photos with tags.
        path: The CSV file. Lines about photos that are not among `photos` are ignored.

    Raises:
        DatasetError: If the file is malformed or is about none of the photos, a correction was
            made for another tag than the photo has, or its verdict is no tag of the photos and no
            area of a hotel.
    """
    photos = list(photos)
    corrections = read_corrections(path)
    if corrections and corrections.keys().isdisjoint(photo.file for photo in photos):
        named = next(iter(corrections))
        raise DatasetError(
            f"{path}: none of the photos that it corrects is there; it has {named!r}"
        )
    verdicts = {DROP, KEEP, *TAGS, *(photo.tag for photo in photos)}
    corrected = []
    for photo in photos:
        found = corrections.get(photo.file, Correction(photo.file, photo.tag, KEEP))
        if found.label != photo.tag:
            raise DatasetError(
                f"{path}: corrects {photo.file} as {found.label!r}, it is {photo.tag!r}"
            )
        if found.verdict not in verdicts:
            raise DatasetError(
                f"{path}: the verdict {found.verdict!r} on {photo.file} is none of: "
                f"{', '.join(sorted(verdicts))}"
            )
        if found.verdict != DROP:
            tag = photo.tag if found.verdict == KEEP else found.verdict
            corrected.append(replace(photo, tag=tag))
    return corrected
