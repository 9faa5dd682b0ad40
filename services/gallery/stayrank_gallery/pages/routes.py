"""The pages of the gallery service: `/`, and contact sheets of uploads and of the sample."""

from __future__ import annotations

import asyncio
from importlib.resources import files
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from stayrank_common.errors import UndecodablePhotoError
from stayrank_common.images import SUFFIXES
from stayrank_common.inputs import PhotoInput, check_photos
from stayrank_common.web.problems import problem
from stayrank_common.web.uploads import Uploaded
from stayrank_gallery.pages.contact_sheet import contact_sheet, pages
from stayrank_gallery.queries import RankQuery
from stayrank_gallery.ranker import Ranker
from stayrank_gallery.schemas import RankOptions, Strategy
from stayrank_gallery.settings import GallerySettings

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self' data:; script-src 'self'; "
    "style-src 'self' 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


def install(app: FastAPI) -> None:
    """Add the pages and what they load."""
    app.include_router(router)
    folder = str(files(__package__ or "") / "static")
    app.mount("/static", StaticFiles(directory=folder), name="static")


@router.get("/")
async def home(request: Request) -> HTMLResponse:
    """The start page: choose photos, or the sample."""
    settings: GallerySettings = request.app.state.settings
    page = pages.get_template("home.html").render(
        strategies=list(Strategy),
        options=RankOptions(),
        max_photos=settings.max_photos,
        has_sample=settings.sample_dir is not None,
        accept=",".join(sorted(SUFFIXES)),
    )
    return HTMLResponse(page, headers=_HEADERS)


@router.post("/contact-sheet")
async def ranked_upload(
    request: Request, upload: Uploaded, query: Annotated[RankQuery, Query()]
) -> HTMLResponse:
    """The contact sheet of uploaded photos."""
    return await _sheet(request, upload.photos, query.options(upload.options), "Your gallery")


@router.get("/sample")
async def ranked_sample(request: Request, query: Annotated[RankQuery, Query()]) -> HTMLResponse:
    """The contact sheet of the sample gallery."""
    settings: GallerySettings = request.app.state.settings
    if settings.sample_dir is None:
        missing = "this service was started without a sample gallery (GALLERY_SAMPLE_DIR)"
        return problem(404, "no-sample", "No sample", missing)  # type: ignore[return-value]
    photos = await asyncio.to_thread(_photos_in, settings.sample_dir)
    check_photos(photos, settings.max_photos)
    return await _sheet(request, photos, query.options(), "Sample gallery")


def _photos_in(folder: Path) -> list[PhotoInput]:
    found = (path for path in folder.glob("*") if path.suffix.lower() in SUFFIXES)
    return [PhotoInput(path.name, _content(path)) for path in sorted(found)]


def _content(path: Path) -> bytes | UndecodablePhotoError:
    try:
        return path.read_bytes()
    except OSError as error:  # a dangling link among the samples costs only itself
        return UndecodablePhotoError(f"cannot be read: {error.strerror}")


async def _sheet(
    request: Request, photos: list[PhotoInput], options: RankOptions, title: str
) -> HTMLResponse:
    state = request.app.state
    ranker: Ranker = state.ranker
    async with state.admission.admit(len(photos)):
        ranked = await ranker.rank(photos, options)
        limits = state.settings.limits
        page = await asyncio.to_thread(contact_sheet, ranked, photos, limits, title)
    return HTMLResponse(page, headers=_HEADERS)
