"""The sample gallery: its names, and its photos one by one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import FileResponse

from stayrank_common.errors import UndecodablePhotoError
from stayrank_common.images import SUFFIXES
from stayrank_common.inputs import PhotoInput
from stayrank_gallery.settings import GallerySettings

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class SampleGallery:
    """Photos that come with the service.

    Args:
        folder: Where they are; what else lies there is not shown.
    """

    folder: Path

    def paths(self) -> dict[str, Path]:
        """Every photo by its name, sorted."""
        found = (path for path in self.folder.glob("*") if path.suffix.lower() in SUFFIXES)
        return {path.name: path for path in sorted(found)}

    def photos(self) -> list[PhotoInput]:
        """Every photo with its content."""
        return [PhotoInput(name, _content(path)) for name, path in self.paths().items()]


def sample_of(request: Request) -> SampleGallery:
    """Return the sample of the service.

    Raises:
        HTTPException: 404, it was started without one.
    """
    settings: GallerySettings = request.app.state.settings
    if settings.sample_dir is None:
        missing = "this service was started without a sample gallery (GALLERY_SAMPLE_DIR)"
        raise HTTPException(404, missing)
    return SampleGallery(settings.sample_dir)


Sample = Annotated[SampleGallery, Depends(sample_of)]


@router.get("/sample/photos")
async def names(sample: Sample) -> list[str]:
    """The names of the photos."""
    return list(await asyncio.to_thread(sample.paths))


@router.get("/sample/photos/{name}")
async def photo(name: str, sample: Sample) -> FileResponse:
    """One photo, as it is.

    Raises:
        HTTPException: 404, there is none of this name.
    """
    path = (await asyncio.to_thread(sample.paths)).get(name)
    if path is None or not await asyncio.to_thread(path.is_file):
        raise HTTPException(404, f"no photo {name!r}")
    return FileResponse(path)


def _content(path: Path) -> bytes | UndecodablePhotoError:
    try:
        return path.read_bytes()
    except OSError as error:  # a dangling link among the samples costs only itself
        return UndecodablePhotoError(f"cannot be read: {error.strerror}")
