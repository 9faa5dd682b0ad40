"""Which photos a command is about."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from stayrank_common.errors import NoPhotosError, UndecodablePhotoError
from stayrank_common.images import SUFFIXES
from stayrank_common.inputs import PhotoInput, check_photos

Paths = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH…", readable=False, help="Photos, or folders of photos (searched recursively)."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, of the same form as over HTTP.")]


def find_photos(paths: Sequence[Path]) -> list[PhotoInput]:
    """Return the photos at some paths; the ids are the paths as given.

    A file that is named is taken whatever its name ends with; in a folder, files count by suffix.

    Raises:
        NoPhotosError: A path does not exist, or there is no photo at all.
        DuplicateIdError: A photo is there twice.
    """
    photos = [photo for given in paths for photo in _inputs(given)]
    if not photos:
        suffixes = " ".join(sorted(SUFFIXES))
        raise NoPhotosError(f"no photos in {' '.join(map(str, paths))} (looked for {suffixes})")
    check_photos(photos, max_photos=sys.maxsize)
    return photos


def _text(path: Path) -> str:
    """The path as text that can be printed, also where its bytes are not UTF-8."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _inputs(given: Path) -> Iterator[PhotoInput]:
    try:
        folder = stat.S_ISDIR(given.stat().st_mode)
    except FileNotFoundError as error:
        raise NoPhotosError(f"{given}: no such file or folder") from error
    except OSError as error:
        yield _unreadable(given, error)
        return
    if not folder:
        yield PhotoInput(_text(given), given)
        return
    failures: list[OSError] = []
    for root, folders, names in os.walk(given, onerror=failures.append):
        folders.sort()
        paths = (Path(root, name) for name in sorted(names))
        yield from (PhotoInput(_text(p), p) for p in paths if _may_be_photo(p))
    yield from (_unreadable(Path(failure.filename), failure) for failure in failures)


def _may_be_photo(path: Path) -> bool:
    """By its suffix; what is there but cannot be looked at is reported when it is read."""
    if path.suffix.lower() not in SUFFIXES:
        return False
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True


def _unreadable(path: Path, error: OSError) -> PhotoInput:
    return PhotoInput(_text(path), UndecodablePhotoError(f"cannot be read: {error.strerror}"))
