"""The start page, which is the workbench too, and where all pages are put together."""

from __future__ import annotations

from importlib.resources import files

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from stayrank_common.images import SUFFIXES
from stayrank_gallery.pages import headers, heat, sample, sheets
from stayrank_gallery.pages.contact_sheet import pages
from stayrank_gallery.schemas import RankOptions, Strategy
from stayrank_gallery.settings import GallerySettings

router = APIRouter(include_in_schema=False)


def install(app: FastAPI) -> None:
    """Add the pages and what they load."""
    for part in (router, sheets.router, sheets.scored, sample.router, heat.router):
        app.include_router(part)
    folder = str(files(__package__ or "") / "static")
    app.mount("/static", StaticFiles(directory=folder), name="static")


@router.get("/")
async def home(request: Request) -> HTMLResponse:
    """The page: choose photos or the sample, then order them."""
    settings: GallerySettings = request.app.state.settings
    page = pages.get_template("home.html").render(
        strategies=list(Strategy),
        options=RankOptions(),
        settings=settings,
        suffixes=sorted(SUFFIXES),
    )
    return HTMLResponse(page, headers=headers.WORKBENCH)
