"""The routes of the gallery service: they only translate."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from stayrank_common.web.examples import EXAMPLE
from stayrank_common.web.problems import responses
from stayrank_common.web.uploads import Photos, request_body
from stayrank_gallery.ranker import Ranker
from stayrank_gallery.schemas import RankOptions, RankResponse

router = APIRouter(tags=["gallery"])


@router.post(
    "/rank-gallery",
    summary="Order the photos of a property",
    openapi_extra=request_body(EXAMPLE),
    responses=responses(413, 415, 422, 502, 503, 504),
)
async def rank_gallery(
    request: Request, photos: Photos, options: Annotated[RankOptions, Query()]
) -> RankResponse:
    """Every photo that came in is once in `ranking` or in `removed`."""
    state = request.app.state
    ranker: Ranker = state.ranker
    async with state.admission.admit(len(photos)):
        ranked = await ranker.rank(photos, options)
    state.metrics.photos.labels("ranked").inc(len(ranked.response.ranking))
    for removed in ranked.response.removed:
        state.metrics.photos.labels(removed.reason).inc()
    return ranked.response
