"""Photos with tags: from a manifest beside them, or from a tree of folders."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stayrank_common.errors import DatasetError
from stayrank_common.images import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SPLITS = ("train", "val", "test")
MANIFEST = "manifest.csv"


@dataclass(frozen=True, slots=True)
class TaggedPhoto:
    """A photo with its tag.

    Args:
        path: Of the file.
        file: The same, relative to the folder of the dataset: its name in label files.
        tag: The class of the dataset; a taxonomy says which area that is.
        split: `train`, `val` or `test`.
        source: Where it comes from, for example `hotelsite`; empty if unknown.
        hotel: Groups the photos of one hotel; empty if unknown.
    """

    path: Path
    file: str
    tag: str
    split: str
    source: str = ""
    hotel: str = ""


def read_photos(folder: Path) -> list[TaggedPhoto]:
    """Read a dataset.

    Args:
        folder: Holds `manifest.csv` with the columns `file`, `tag`, `split` and, if known,
            `source` and `property`; or else a tree `<split>/<tag>/<photo>`.

    Returns:
        The photos, ordered by file name.

    Raises:
        DatasetError: If there is no photo, a listed file is missing, or a row is malformed.
    """
    manifest = folder / MANIFEST
    photos = _from_manifest(manifest) if manifest.is_file() else _from_tree(folder)
    if not photos:
        raise DatasetError(f"{folder}: neither {MANIFEST} nor photos in <split>/<tag>/")
    return sorted(photos, key=lambda photo: photo.file)


def content_digest(photos: Iterable[TaggedPhoto]) -> str:
    """sha256 over names, tags and sizes of the photos, to tell datasets apart in run folders."""
    digest = hashlib.sha256()
    for photo in photos:
        size = photo.path.stat().st_size
        digest.update(f"{photo.file}\t{photo.tag}\t{photo.split}\t{size}\n".encode())
    return digest.hexdigest()


def _from_manifest(manifest: Path) -> list[TaggedPhoto]:
    photos = []
    with manifest.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            where = f"{manifest}:{number}"
            name, tag, split = row.get("file"), row.get("tag"), row.get("split")
            if not name or not tag or split not in SPLITS:
                raise DatasetError(f"{where}: expected file, tag and split of {', '.join(SPLITS)}")
            path = manifest.parent / name
            if not path.is_file():
                raise DatasetError(f"{where}: there is no file {path}")
            photos.append(
                TaggedPhoto(
                    path, name, tag, split, row.get("source") or "", row.get("property") or ""
                )
            )
    return photos


def _from_tree(folder: Path) -> list[TaggedPhoto]:
    return [
        TaggedPhoto(path, path.relative_to(folder).as_posix(), path.parent.name, split)
        for split in SPLITS
        for path in (folder / split).glob("*/*")
        if path.suffix.lower() in SUFFIXES
    ]
