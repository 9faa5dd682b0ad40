"""Which photos a command is about."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from stayrank_common.errors import NoPhotosError, UndecodablePhotoError
from stayrank_common.images import SUFFIXES
from stayrank_common.inputs import PhotoInput

Paths = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH…",
        readable=False,
        help="Photos, or folders of photos (searched with all below, but for linked folders).",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, of the same form as over HTTP.")]


def find_photos(paths: Sequence[Path]) -> list[PhotoInput]:
    """Return the photos at some paths; the ids are the paths as given.

    A file that is named is taken whatever its name ends with; in a folder, files count by suffix.
    A photo that is named again, by itself or with a folder, is there once. What cannot be read
    stands among the photos with its error, so that the rest is not lost.

    Raises:
        NoPhotosError: A path does not exist, or there is no photo at all.
    """
    photos = {photo.id: photo for given in paths for photo in _inputs(given)}
    if not photos:
        suffixes = " ".join(sorted(SUFFIXES))
        raise NoPhotosError(f"no photos in {' '.join(map(str, paths))} (looked for {suffixes})")
    return list(photos.values())


def _text(path: Path) -> str:
    """The path as text that can be printed, also where its bytes are not UTF-8."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _inputs(given: Path) -> Iterator[PhotoInput]:
    try:
        folder = stat.S_ISDIR(given.stat().st_mode)
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not given.is_symlink():
            raise NoPhotosError(f"{_text(given)}: no such file or folder") from error
        yield _unreadable(given, error)
        return
    if not folder:
        yield _photo(given)
        return
    failures: list[OSError] = []
    for root, folders, names in os.walk(given, onerror=failures.append):
        folders.sort()
        paths = (Path(root, name) for name in sorted(names))
        yield from (_photo(path) for path in paths if path.suffix.lower() in SUFFIXES)
    yield from (_unreadable(Path(failure.filename), failure) for failure in failures)


def _photo(path: Path) -> PhotoInput:
    """A file to read, or why it cannot be: reading a pipe would wait for its other end."""
    try:
        if stat.S_ISREG(path.stat().st_mode):
            return PhotoInput(_text(path), path)
    except OSError as error:
        return _unreadable(path, error)
    return PhotoInput(_text(path), UndecodablePhotoError("it is a pipe or a device, not a file"))


def _unreadable(path: Path, error: OSError) -> PhotoInput:
    return PhotoInput(_text(path), UndecodablePhotoError(f"cannot be read: {error.strerror}"))
