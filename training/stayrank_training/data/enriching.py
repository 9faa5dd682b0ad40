"""Enriching: photos from elsewhere become a named source of a dataset."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pandas as pd

from stayrank_common.errors import DatasetError, PhotoError
from stayrank_common.images import SUFFIXES, open_thumbnail
from stayrank_training.data.duplicates import EXACT
from stayrank_training.data.manifests import Manifest, read_manifest
from stayrank_training.data.trees import SPLITS
from stayrank_training.progress import tracked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_LOOK = 32  # pixels: only whether it decodes


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A photo that wants to be added.

    Args:
        name: Its file name or URL.
        content: The file; or why it cannot be had.
        facts: Columns of the manifest: `tag`, `split`, and any others.
    """

    name: str
    content: bytes | PhotoError
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Enriched:
    """What became of the newcomers.

    Args:
        table: The manifest with those that were added.
        added: How many were.
        duplicates: Names of those whose very bytes were there already.
        unusable: Name → why a photo could not be had or decoded.
    """

    table: pd.DataFrame
    added: int
    duplicates: list[str] = field(repr=False)
    unusable: dict[str, str] = field(repr=False)

    def left_out(self) -> pd.DataFrame:
        """`file` and `reason` of those that were not added."""
        rows = [*self.unusable.items(), *((name, EXACT) for name in self.duplicates)]
        return pd.DataFrame(rows, columns=["file", "reason"], dtype=object)


def enrich(manifest: Manifest, newcomers: Iterable[Newcomer], source: str) -> Enriched:
    """Add photos to a dataset: their files under `<photos>/<source>/<tag>/`, and a row for each.

    Args:
        manifest: The dataset. Its rows stay as they are.
        newcomers: What to add.
        source: Name of where they come from.

    Raises:
        DatasetError: If the name is no plain name, or a file cannot be read or written.
    """
    if not _is_plain(source):
        raise DatasetError(f"the source {source!r} is no plain name for a folder")
    try:
        known = {
            hashlib.sha256(path.read_bytes()).hexdigest()
            for path in tracked(manifest.paths(), len(manifest.table), "reading")
        }
        rows, duplicates, unusable = [], [], {}
        for newcomer in newcomers:
            problem = _problem(newcomer)
            if problem or isinstance(newcomer.content, PhotoError):
                unusable[newcomer.name] = problem
                continue
            digest = hashlib.sha256(newcomer.content).hexdigest()
            if digest in known:
                duplicates.append(newcomer.name)
                continue
            known.add(digest)
            tag = newcomer.facts["tag"]
            name = f"{source}/{tag}/{digest[:16]}{_suffix(newcomer.name)}"
            (manifest.photos / name).parent.mkdir(parents=True, exist_ok=True)
            (manifest.photos / name).write_bytes(newcomer.content)
            rows.append({**newcomer.facts, "file": name, "source": source})
            if "split" not in manifest.table.columns:
                del rows[-1]["split"]  # it is dealt into splits later, as a whole
    except OSError as error:
        raise DatasetError(f"{error.filename}: {error.strerror}") from error
    table = pd.concat([manifest.table, pd.DataFrame(rows, dtype=object)], ignore_index=True)
    for column in {"source", *(key for row in rows for key in row)}:
        table[column] = table[column].fillna("") if column in table else ""
    return Enriched(table.sort_values("file", ignore_index=True), len(rows), duplicates, unusable)


def of_folder(folder: Path, tag: str | None, split: str) -> Iterable[Newcomer]:
    """Photos of another dataset: a manifest, a tree, or with `tag` a plain folder of photos.

    Raises:
        DatasetError: If it is none of these.
    """
    if tag and folder.is_dir():
        files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES)
        if not files:
            raise DatasetError(f"{folder}: holds no photo")
        table = pd.DataFrame({"file": [p.relative_to(folder).as_posix() for p in files]})
        other = Manifest(table.assign(tag=tag), folder)
    else:
        other = read_manifest(folder, columns=("file", "tag"))
    for path, row in zip(other.paths(), other.table.to_dict("records"), strict=True):
        facts = {str(key): value for key, value in row.items() if key != "source"}
        facts["split"] = facts.get("split") or split
        try:
            content: bytes | PhotoError = path.read_bytes()
        except OSError as error:
            content = PhotoError(f"cannot be read: {error.strerror}")
        yield Newcomer(row["file"], content, facts)


def read_urls(path: Path, tag: str | None, split: str) -> list[tuple[str, dict[str, str]]]:
    """Read a list of URLs: plain text with one a line, or a CSV file with the column `url`.

    Args:
        path: Ends with `.txt` or `.csv`. Other columns become columns of the manifest.
        tag: Of the photos for which no column `tag` says it.
        split: Likewise.

    Returns:
        URL and facts of each photo.

    Raises:
        DatasetError: If the file is malformed, or a photo has no tag.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows: Sequence[dict[str, str]]
            if path.suffix == ".csv":
                rows = list(csv.DictReader(file, restval=""))
            else:
                rows = [{"url": line.strip()} for line in file if line.strip()]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{path}: {error}") from error
    found = []
    for number, row in enumerate(rows, start=1):
        facts = {key: value for key, value in row.items() if key not in {"url", "source"}}
        facts = {**facts, "tag": row.get("tag") or tag or "", "split": row.get("split") or split}
        if None in row or not row.get("url") or not facts["tag"]:
            raise DatasetError(f"{path}, photo {number}: expected a url, and a tag (or --tag)")
        found.append((row["url"], facts))
    if not found:
        raise DatasetError(f"{path}: holds no URL")
    return found


def _problem(newcomer: Newcomer) -> str:
    """Why a photo cannot be added; empty where it can."""
    if isinstance(newcomer.content, PhotoError):
        return str(newcomer.content)
    if not _is_plain(newcomer.facts.get("tag", "")):
        return f"the tag {newcomer.facts.get('tag')!r} is no plain name for a folder"
    if newcomer.facts.get("split") not in SPLITS:
        return f"the split {newcomer.facts.get('split')!r} is none of {', '.join(SPLITS)}"
    try:
        open_thumbnail(newcomer.content, _LOOK)
    except PhotoError as error:
        return str(error)
    return ""


def _is_plain(name: str) -> bool:
    return bool(name) and name == PurePosixPath(name).name and not name.startswith(".")


def _suffix(name: str) -> str:
    suffix = PurePosixPath(urlsplit(name).path).suffix.lower()
    return suffix if suffix in SUFFIXES else ".jpg"
