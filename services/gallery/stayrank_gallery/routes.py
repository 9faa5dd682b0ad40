"""The routes of the gallery service: they only translate."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request

from stayrank_common.web.examples import EXAMPLE
from stayrank_common.web.gate import PhotoRoute
from stayrank_common.web.problems import responses
from stayrank_common.web.uploads import Uploaded, request_body
from stayrank_gallery.contexts import Contexts, contexts
from stayrank_gallery.policy import Policies
from stayrank_gallery.queries import RankCall
from stayrank_gallery.ranker import Ranker
from stayrank_gallery.schemas import RankResponse, ScoredGallery
from stayrank_gallery.scored_route import ScoredRoute

router = APIRouter(tags=["gallery"], route_class=PhotoRoute)
scored = APIRouter(tags=["gallery"], route_class=ScoredRoute)


@router.post(
    "/rank-gallery",
    summary="Order the photos of a property",
    openapi_extra=request_body(EXAMPLE, options="RankOptions"),
    responses=responses(408, 413, 415, 422, 502, 503, 504),
)
async def rank_gallery(
    request: Request, upload: Uploaded, query: Annotated[RankCall, Query()]
) -> RankResponse:
    """Every photo that came in is once in `ranking` or in `removed`."""
    state = request.app.state
    ranker: Ranker = state.ranker
    options = query.options(upload.options)
    async with state.admission.admit(len(upload.photos)):
        ranked = await ranker.rank(upload.photos, options)
    return ranked.with_scores if query.include else ranked.response


@scored.post(
    "/rank-scored",
    summary="Order photos that have been scored, by other options",
    responses=responses(408, 413, 415, 422),
)
async def rank_scored(request: Request, gallery: ScoredGallery) -> RankResponse:
    """No photo is needed and nothing is scored again."""
    ranker: Ranker = request.app.state.ranker
    return await asyncio.to_thread(ranker.rank_again, gallery)


@router.get("/contexts", summary="Tables of tag weights")
async def get_contexts() -> Contexts:
    """For whom a gallery can be ordered, and how much each area then matters."""
    return contexts()


@router.get("/policies", summary="Feed policies")
async def get_policies(request: Request) -> Policies:
    """What the option `policy` may name, and the rules behind each name."""
    return Policies.of(request.app.state.policies)
