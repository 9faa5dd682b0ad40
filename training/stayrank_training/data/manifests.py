"""Manifests: tables with a row for each photo, as CSV, as Parquet, or read off a tree of folders.

Columns with a meaning: `file` (relative to the folder of the photos), `tag`, `split` (train, val
or test), `source`, `property` (the hotel), `cluster` (near-duplicates). All others are carried
along untouched.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from stayrank_common.errors import DatasetError
from stayrank_training.data.trees import SPLITS, empty_folders, read_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NAMES = ("manifest.csv", "manifest.parquet")
# Empty where a manifest does not say; numbers of a Parquet file become text.
_TEXT = ("file", "tag", "split", "source", "property", "cluster")


@dataclass(frozen=True, slots=True, eq=False)
class Manifest:
    """A table of photos.

    Args:
        table: A row for each photo, ordered by `file`, which occurs once.
        photos: The folder that `file` is relative to.
    """

    table: pd.DataFrame
    photos: Path

    def paths(self) -> list[Path]:
        """Where the photos lie, in the order of the table."""
        return [self.photos / file for file in self.table["file"]]


def read_manifest(
    source: Path,
    photos: Path | None = None,
    *,
    columns: Sequence[str] = ("file",),
    missing_ok: bool = False,
    any_suffix: bool = False,
) -> Manifest:
    """Read a dataset.

    Args:
        source: A CSV or Parquet file; or a folder that holds `manifest.csv` or
            `manifest.parquet`, or else a tree `<split>/<tag>/<photo>` or `<tag>/<photo>`.
        photos: The folder that `file` is relative to; by default where the manifest lies.
        columns: Which must be there, and be filled in every row.
        missing_ok: Whether a row may name a file that is not there.
        any_suffix: Whether a tree's files count whatever their names end with.

    Returns:
        The manifest, ordered by `file`.

    Raises:
        DatasetError: If it cannot be read, has no row, or a row is malformed; with its line.
    """
    found = _manifest_file(source)
    places: list[str] = []
    if found is None:
        table = read_tree(source, any_suffix=any_suffix)
        if table.empty:
            raise DatasetError(
                f"{source}: neither {' nor '.join(NAMES)} nor photos in <split>/<tag>/ or <tag>/"
            )
        photos = photos or source
    else:
        table, places = _read_csv(found) if found.suffix == ".csv" else _read_parquet(found)
        photos = photos or found.parent
    _check_columns(source, table, columns)
    for column in set(_TEXT) & set(table.columns):
        table[column] = table[column].map(_text)
    if places:
        _check_rows(table, places, columns, None if missing_ok else photos)
    return Manifest(table.sort_values("file", ignore_index=True), photos)


def write_manifest(table: pd.DataFrame, path: Path) -> None:
    """Write a manifest; what the file ends with says which form.

    Raises:
        DatasetError: If it ends with neither `.csv` nor `.parquet`, or cannot be written.
    """
    writers: dict[str, Callable[[], Any]] = {
        ".csv": lambda: table.to_csv(path, index=False, lineterminator="\n"),
        ".parquet": lambda: table.to_parquet(path, index=False),
    }
    if path.suffix not in writers:
        raise DatasetError(f"{path}: expected a name that ends with .csv or .parquet")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        writers[path.suffix]()
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror or error}") from error


def write_dropped(table: pd.DataFrame, out: Path) -> Path:
    """Write what a manifest leaves out, and why, beside it: `<out>.dropped.csv`.

    Args:
        table: With `file` and `reason`.
        out: The manifest.

    Returns:
        The file that was written.

    Raises:
        DatasetError: If it cannot be written.
    """
    beside = out.with_name(f"{out.stem}.dropped.csv")
    write_manifest(table, beside)
    return beside


def empty_classes(source: Path) -> list[str]:
    """Class folders of a tree that hold no file, relative to the tree; none of a manifest."""
    return [] if _manifest_file(source) else empty_folders(source)


def _manifest_file(source: Path) -> Path | None:
    """The file to read; None for a tree of folders."""
    if source.is_dir():
        found = [source / name for name in NAMES if (source / name).is_file()]
        if len(found) > 1:
            raise DatasetError(f"{source}: holds {' and '.join(NAMES)}; name the one to read")
        return found[0] if found else None
    if not source.exists():
        raise DatasetError(f"{source}: no such file or folder")
    if source.suffix not in {".csv", ".parquet"}:
        raise DatasetError(f"{source}: expected a folder, a .csv or a .parquet file")
    return source


def _read_csv(path: Path) -> tuple[pd.DataFrame, list[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="", strict=True)
            rows, places, columns = [], [], list(reader.fieldnames or [])
            for row in reader:
                places.append(f"{path}:{reader.line_num}")
                if None in row:
                    raise DatasetError(f"{places[-1]}: more fields than columns")
                rows.append(row)
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror}") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise DatasetError(f"{path}: not a CSV file in UTF-8: {error}") from error
    return pd.DataFrame(rows, columns=columns, dtype=object), places


def _read_parquet(path: Path) -> tuple[pd.DataFrame, list[str]]:
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError) as error:  # ArrowInvalid is a ValueError
        raise DatasetError(f"{path}: not a Parquet file: {error}") from error
    return table, [f"{path}, row {number}" for number in range(1, len(table) + 1)]


def _check_columns(source: Path, table: pd.DataFrame, columns: Sequence[str]) -> None:
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise DatasetError(
            f"{source}: no column {', '.join(missing)}; there are: {', '.join(table.columns)}"
        )
    if table.empty:
        raise DatasetError(f"{source}: holds no photo")


def _check_rows(
    table: pd.DataFrame, places: list[str], columns: Sequence[str], photos: Path | None
) -> None:
    seen: set[str] = set()
    for place, row in zip(places, table.to_dict("records"), strict=True):
        empty = [column for column in columns if not row[column]]
        if empty:
            raise DatasetError(f"{place}: expected a value for {', '.join(empty)}")
        if row.get("split") and row["split"] not in SPLITS:
            expected = f"expected split to be one of {', '.join(SPLITS)}"
            raise DatasetError(f"{place}: {expected}, got {row['split']!r}")
        if row["file"] in seen:
            raise DatasetError(f"{place}: {row['file']} stands there twice")
        seen.add(row["file"])
        if photos and not (photos / row["file"]).is_file():
            raise DatasetError(f"{place}: there is no file {photos / row['file']}")


def _text(value: object) -> str:
    if value is None or value != value:  # NaN
        return ""
    if isinstance(value, float) and value.is_integer():  # how pandas keeps numbers with gaps
        return str(int(value))
    return str(value)
