"""Folders in object stores: training data in, finished runs out.

`s3://bucket/path`, `gs://bucket/path`, `file:///path` and all else that fsspec knows. Credentials
are found where each store's own tools look for them (environment, profile, role of the machine).
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from stayrank_common.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# What stores raise that is no OSError: module → classes.
_STORE_ERRORS = {
    "botocore.exceptions": ("BotoCoreError", "ClientError"),
    "gcsfs.retry": ("HttpError",),
    "google.auth.exceptions": ("GoogleAuthError",),
}


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied.

    Args:
        files: How many files.
        size_bytes: Of all of them.
    """

    files: int
    size_bytes: int


def fetch(url: str, folder: Path) -> Copied:
    """Copy all files below an address into a folder; files of the same names are replaced.

    Raises:
        DatasetError: There are none, one would leave the folder, or they cannot be read.
    """
    with _store(url) as (store, root):
        sizes = {name: info["size"] for name, info in store.find(root, detail=True).items()}
        targets = {name: folder / _below(root, name, url) for name in sizes}
        if not targets:
            raise DatasetError(f"{url}: holds no files")
        store.get(list(targets), [str(path) for path in targets.values()])
    return Copied(len(sizes), sum(sizes.values()))


def push(folder: Path, url: str) -> Copied:
    """Copy all files of a folder below an address; files of the same names are replaced.

    Raises:
        DatasetError: There are none, or they cannot be written.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if not files:
        raise DatasetError(f"{folder}: holds no files")
    with _store(url) as (store, root):
        targets = [f"{root}/{path.relative_to(folder).as_posix()}" for path in files]
        store.put([str(path) for path in files], targets)
    return Copied(len(files), sum(path.stat().st_size for path in files))


@contextmanager
def _store(url: str) -> Iterator[tuple[Any, str]]:
    """The file system behind an address, and the path in it; its errors become ours."""
    try:
        from fsspec.core import url_to_fs
        from fsspec.implementations.local import LocalFileSystem

        store, root = url_to_fs(url)
        if isinstance(store, LocalFileSystem):
            store.auto_mkdir = True  # as in object stores, folders need not be there
    except (ImportError, ValueError) as error:
        raise DatasetError(f"{url}: {error}; see 'stayrank[cloud]'") from error
    try:
        yield store, root.rstrip("/")
    except _errors(sys.modules) as error:
        raise DatasetError(f"{url}: {str(error) or type(error).__name__}") from error


def _errors(modules: Mapping[str, Any]) -> tuple[type[Exception], ...]:
    """What the stores that are in use raise."""
    return OSError, *(
        getattr(modules[module], name)
        for module, names in _STORE_ERRORS.items()
        if module in modules
        for name in names
    )


def _below(root: str, name: str, url: str) -> PurePosixPath:
    """The path of a file below the root; an object's name may be any text."""
    path = PurePosixPath(PurePosixPath(name).name if name == root else name[len(root) + 1 :])
    if path.is_absolute() or ".." in path.parts:
        raise DatasetError(f"{url}: the name {name!r} leads out of the folder")
    return path
