"""The start page, which is the workbench too, and where all pages are put together."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from stayrank_common.images import SUFFIXES
from stayrank_gallery.pages import choices, headers, heat, sample, sheets
from stayrank_gallery.pages.contact_sheet import pages
from stayrank_gallery.schemas import RankOptions

router = APIRouter(include_in_schema=False)

_STATIC = Path(str(files(__package__ or ""))) / "static"
_MODULES = sorted(path.name for path in (_STATIC / "js").glob("*.js"))


class _Parts(StaticFiles):
    """What the page loads; browsers ask each time whether it is still the same.

    Otherwise they may keep some modules for days and put them together with newer ones.
    """

    def file_response(self, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401 - passed on
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


def install(app: FastAPI) -> None:
    """Add the pages and what they load."""
    for part in (router, sheets.router, sheets.scored, sample.router, heat.router):
        app.include_router(part)
    app.mount("/static", _Parts(directory=_STATIC), name="static")


@router.get("/")
async def home(request: Request) -> HTMLResponse:
    """The page: choose photos or the sample, then order them."""
    state = request.app.state
    page = pages.get_template("home.html").render(
        choices=choices,
        contexts=choices.context_choices(),
        policies=choices.policy_choices(state.policies),
        packs=choices.pack_choices(state.packs),
        options=RankOptions(),
        settings=state.settings,
        suffixes=sorted(SUFFIXES),
        modules=_MODULES,
    )
    return HTMLResponse(page, headers=headers.WORKBENCH)
