"""Contact sheets over HTTP: of an upload, of the sample, of an order made in the browser."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import StringConstraints

from stayrank_common.inputs import PhotoInput, check_photos
from stayrank_common.schemas import PhotoId
from stayrank_common.web.gate import PhotoRoute
from stayrank_common.web.uploads import Uploaded
from stayrank_gallery.pages import headers
from stayrank_gallery.pages.contact_sheet import contact_sheet, draw
from stayrank_gallery.pages.sample import Sample
from stayrank_gallery.queries import RankQuery
from stayrank_gallery.ranker import Ranker
from stayrank_gallery.schemas import RankOptions, ScoredGallery
from stayrank_gallery.scored_route import ScoredRoute


class PicturedRoute(ScoredRoute):
    """As its base, for scores with a small picture each."""

    bytes_a_photo = 256 * 1024


router = APIRouter(
    include_in_schema=False, default_response_class=HTMLResponse, route_class=PhotoRoute
)
scored = APIRouter(include_in_schema=False, route_class=PicturedRoute)

# Made in the browser, which has the photos: they need not be sent once more.
Picture = Annotated[str, StringConstraints(pattern=r"^data:image/jpeg;base64,[A-Za-z0-9+/]+=*$")]


class PicturedGallery(ScoredGallery):
    """Photos that have been scored, and small pictures of them."""

    pictures: dict[PhotoId, Picture]


@router.post("/contact-sheet")
async def ranked_upload(
    request: Request, upload: Uploaded, query: Annotated[RankQuery, Query()]
) -> HTMLResponse:
    """The contact sheet of uploaded photos."""
    return await _sheet(request, upload.photos, query.options(upload.options), "Your gallery")


@scored.post("/contact-sheet/scored")
async def ordered_upload(request: Request, gallery: PicturedGallery) -> HTMLResponse:
    """The contact sheet of an order as the editor made it; nothing is scored again."""
    ranker: Ranker = request.app.state.ranker
    answer = await asyncio.to_thread(ranker.rank_again, gallery)
    ratings = {photo.id: photo.aesthetic for photo in gallery.photos}
    page = await asyncio.to_thread(draw, answer, gallery.pictures, ratings, "Your gallery")
    return HTMLResponse(page, headers=headers.SHEET)


@router.get("/sample")
async def ranked_sample(
    request: Request, sample: Sample, query: Annotated[RankQuery, Query()]
) -> HTMLResponse:
    """The contact sheet of the sample gallery."""
    photos = await asyncio.to_thread(sample.photos)
    check_photos(photos, request.app.state.settings.max_photos)
    return await _sheet(request, photos, query.options(), "Sample gallery")


async def _sheet(
    request: Request, photos: list[PhotoInput], options: RankOptions, title: str
) -> HTMLResponse:
    state = request.app.state
    ranker: Ranker = state.ranker
    async with state.admission.admit(len(photos)):
        ranked = await ranker.rank(photos, options)
        page = await asyncio.to_thread(contact_sheet, ranked, photos, state.decoder, title)
    return HTMLResponse(page, headers=headers.SHEET)
