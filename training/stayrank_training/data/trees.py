"""Trees of folders: photos whose split and tag their folders tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from stayrank_common.errors import DatasetError
from stayrank_common.images import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SPLITS = ("train", "val", "test")


def read_tree(folder: Path, *, any_suffix: bool) -> pd.DataFrame:
    """Read `<split>/<tag>/<photo>` where a folder has the name of a split, else `<tag>/<photo>`.

    Args:
        folder: The tree.
        any_suffix: Whether files count whatever their names end with; a class without any may
            then stand there too.

    Returns:
        `file`, `tag` and, with splits, `split`; no row where there is no photo.

    Raises:
        DatasetError: If splits and classes stand side by side, or a class holds no photo.
    """
    splits = [name for name in SPLITS if (folder / name).is_dir()]
    beside = [path.name for path in _folders(folder) if path.name not in SPLITS]
    if splits and any(True for name in beside for _ in _files(folder / name, any_suffix=False)):
        raise DatasetError(
            f"{folder}: holds {', '.join(splits)} and photos in {', '.join(sorted(beside))}; "
            "sort it by split everywhere or nowhere"
        )
    rows, empty = [], []
    for split, tag_folder in _class_folders(folder):
        files = sorted(_files(tag_folder, any_suffix=any_suffix))
        rows += [(file.relative_to(folder).as_posix(), tag_folder.name, split) for file in files]
        if not files:
            empty.append(tag_folder.relative_to(folder).as_posix())
    if rows and empty and not any_suffix:
        raise DatasetError(
            f"{folder}: no photo in {', '.join(empty)}; add photos or remove the folder"
        )
    table = pd.DataFrame(rows, columns=["file", "tag", "split"], dtype=object)
    return table if splits else table.drop(columns="split")


def empty_folders(folder: Path) -> list[str]:
    """Class folders that hold no file, relative to the tree."""
    return [
        path.relative_to(folder).as_posix()
        for _, path in _class_folders(folder)
        if not any(True for _ in _files(path, any_suffix=True))
    ]


def _class_folders(folder: Path) -> list[tuple[str, Path]]:
    """Split (empty without splits) and folder of each class."""
    splits = [name for name in SPLITS if (folder / name).is_dir()]
    return [(split, path) for split in splits or [""] for path in sorted(_folders(folder / split))]


def _folders(folder: Path) -> Iterable[Path]:
    return (p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))


def _files(folder: Path, *, any_suffix: bool) -> Iterable[Path]:
    return (
        path
        for path in folder.iterdir()
        if path.is_file()
        and not path.name.startswith(".")
        and (any_suffix or path.suffix.lower() in SUFFIXES)
    )
