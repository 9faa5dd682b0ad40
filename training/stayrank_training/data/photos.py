"""Photos with tags: from a manifest beside them, or from a tree of folders."""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stayrank_common.errors import DatasetError
from stayrank_training.data.corrections import apply_corrections
from stayrank_training.data.manifests import read_manifest
from stayrank_training.data.splitting import parse_shares, split_photos
from stayrank_training.data.trees import SPLITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_SHARES = "70/30"
_LOG = logging.getLogger(__name__)


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


def read_photos(folder: Path, corrections: Path | None = None) -> list[TaggedPhoto]:
    """Read a dataset.

    Args:
        folder: Holds `manifest.csv` or `manifest.parquet` with the columns `file`, `tag` and, if
            known, `split`, `source` and `property`; or else a tree
            `<split>/<tag>/<photo>` or `<tag>/<photo>`. A manifest itself will do. Without
            splits, the photos are dealt into train and test, 70 to 30.
        corrections: A file for `apply_corrections`.

    Returns:
        The photos, ordered by file name.

    Raises:
        DatasetError: If there is no photo, a class folder is empty, a listed file is missing, or
            a row is malformed.
    """
    manifest = read_manifest(folder, columns=("file", "tag"))
    table = manifest.table
    if "split" not in table.columns:
        _LOG.warning("%s: no splits; dealt %s into train and test", folder, _SHARES)
        table = split_photos(table, parse_shares(_SHARES), seed=0)
    elif not table["split"].all():
        first = table.loc[table["split"] == "", "file"].iloc[0]
        raise DatasetError(f"{folder}: {first} has no split; expected one of {', '.join(SPLITS)}")
    for column in ("source", "property"):
        if column not in table.columns:
            table = table.assign(**{column: ""})
    columns = ("file", "tag", "split", "source", "property")
    photos = [
        TaggedPhoto(manifest.photos / file, file, *rest)
        for file, *rest in table[list(columns)].itertuples(index=False, name=None)
    ]
    return apply_corrections(photos, corrections) if corrections else photos


def check_classes(photos: Sequence[TaggedPhoto], tags: Sequence[str]) -> None:
    """Check that every class can be learnt from.

    Args:
        photos: Photos with tags.
        tags: The classes that are asked for.

    Raises:
        DatasetError: If a class has no photo in the split `train`, or a single one, which cannot be
            both trained on and held out.
    """
    counts = Counter(photo.tag for photo in photos if photo.split == "train")
    few = {tag: counts[tag] for tag in tags if counts[tag] < 2}
    if few:
        named = ", ".join(f"{tag} ({count or 'none'})" for tag, count in few.items())
        raise DatasetError(
            f"the split 'train' needs at least two photos of each class; too few of: {named}"
        )


def content_digest(photos: Iterable[TaggedPhoto]) -> str:
    """sha256 over names, tags, splits and contents of the photos: tells datasets apart.

    Raises:
        DatasetError: If a photo cannot be read.
    """
    digest = hashlib.sha256()
    for photo in photos:
        try:
            with photo.path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise DatasetError(f"{photo.path}: {error.strerror}") from error
        digest.update(f"{photo.file}\t{photo.tag}\t{photo.split}\t{content}\n".encode())
    return digest.hexdigest()
