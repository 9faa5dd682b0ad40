"""Faults of photos that a model should not learn from: found, listed, never mended silently."""

from __future__ import annotations

import io
from collections import Counter
from enum import StrEnum
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from pydantic import BaseModel, ConfigDict

from stayrank_common.errors import PhotoError
from stayrank_common.images import FORMATS, Photo, Preprocessing, open_image
from stayrank_training.progress import mapped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stayrank_training.data.manifests import Manifest

_LOOK = Preprocessing(width=64, height=64)  # enough to see whether there is colour
# Sensor noise and JPEG leave a few levels between the channels of a photo without colour.
_GREY_LEVELS = 6


class Fault(StrEnum):
    """What may be wrong with a photo or a class."""

    UNREADABLE = "unreadable"
    TRUNCATED = "truncated"
    TINY = "tiny"
    GREY = "grey"
    WRONG_EXTENSION = "wrong extension"
    EMPTY_CLASS = "empty class"
    SINGLE_PHOTO = "class with a single photo"


class Finding(BaseModel):
    """One fault of one photo or class.

    Attributes:
        file: The photo; or the class, of the form `<split>/<tag>`.
        fault: What is wrong.
        detail: In a few words.
    """

    model_config = ConfigDict(frozen=True)

    file: str
    fault: Fault
    detail: str


class CheckReport(BaseModel):
    """What was found in a dataset.

    Attributes:
        photos: How many were looked at.
        readable: How many of them could be decoded.
        faults: Fault → how often.
        findings: All of them, ordered by file.
    """

    model_config = ConfigDict(frozen=True)

    photos: int
    readable: int
    faults: dict[Fault, int]
    findings: list[Finding]


def check_photos(
    manifest: Manifest, *, min_edge: int, empty_classes: Sequence[str] = ()
) -> CheckReport:
    """Look at every photo of a dataset.

    Args:
        manifest: The photos.
        min_edge: Pixels that the shorter edge should have.
        empty_classes: Class folders without a file.
    """
    findings = [
        Finding(file=name, fault=Fault.EMPTY_CLASS, detail="the folder holds no photo")
        for name in empty_classes
    ]
    findings += _single_photos(manifest)
    paths = manifest.paths()
    looks = mapped(lambda path: _look(path, min_edge), paths, "checking")
    for file, faults in zip(manifest.table["file"], looks, strict=True):
        findings += [Finding(file=file, fault=f, detail=d) for f, d in faults]
    findings.sort(key=lambda finding: (finding.file, finding.fault))
    counts = Counter(finding.fault for finding in findings)
    readable = len(paths) - counts[Fault.UNREADABLE]
    return CheckReport(
        photos=len(paths), readable=readable, faults=dict(counts.most_common()), findings=findings
    )


def _single_photos(manifest: Manifest) -> list[Finding]:
    columns = [c for c in ("split", "tag") if c in manifest.table.columns]
    if "tag" not in columns:
        return []
    counts = Counter(manifest.table[columns].itertuples(index=False, name=None))
    return [
        Finding(file="/".join(filter(None, name)), fault=Fault.SINGLE_PHOTO, detail="one photo")
        for name, count in counts.items()
        if count == 1 and name[-1]
    ]


def _look(path: Path, min_edge: int) -> list[tuple[Fault, str]]:
    try:
        photo = open_image(path, _LOOK)
        content = path.read_bytes()
    except (PhotoError, OSError) as error:
        return [(Fault.UNREADABLE, str(error))]
    faults = []
    if "truncated" in photo.warnings:
        faults.append((Fault.TRUNCATED, "not all of its pixels are there"))
    if min(photo.width, photo.height) < min_edge:
        detail = f"{photo.width} × {photo.height}, the shorter edge should have {min_edge}"
        faults.append((Fault.TINY, detail))
    if _is_grey(photo):
        faults.append((Fault.GREY, "no colour"))
    actual = _format(content)
    if actual != _format_of_suffix(path):
        faults.append((Fault.WRONG_EXTENSION, f"it is {actual}, not {path.suffix or 'named so'}"))
    return faults


def _is_grey(photo: Photo) -> bool:
    """Whether all but the odd pixel have nearly equal channels."""
    spread = np.ptp(photo.pixels.astype(np.int16), axis=-1)
    return bool(np.quantile(spread, 0.99) <= _GREY_LEVELS)


def _format(content: bytes) -> str:
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:  # reads the header only
        name = image.format or ""
    return "JPEG" if name == "MPO" else name


def _format_of_suffix(path: PurePath) -> str | None:
    name = Image.registered_extensions().get(path.suffix.lower())
    return "JPEG" if name == "MPO" else name
