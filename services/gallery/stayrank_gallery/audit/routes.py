"""The routes of the audit: they only translate."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request

from stayrank_common.web.examples import EXAMPLE
from stayrank_common.web.gate import PhotoRoute
from stayrank_common.web.problems import responses
from stayrank_common.web.uploads import Photos, request_body
from stayrank_gallery.audit.calls import ScoredAudit, audit_photos, audit_scored, pack_named
from stayrank_gallery.audit.findings import Audit
from stayrank_gallery.audit.packs import DEFAULT_PACK, Packs
from stayrank_gallery.scored_route import ScoredRoute

router = APIRouter(tags=["audit"], route_class=PhotoRoute)
scored = APIRouter(tags=["audit"], route_class=ScoredRoute)

PackName = Annotated[str, Query(alias="pack", description="A rule pack of `GET /packs`.")]


@router.post(
    "/audit-gallery",
    summary="Say what a gallery lacks",
    openapi_extra=request_body(EXAMPLE),
    responses=responses(408, 413, 415, 422, 502, 503, 504),
)
async def post_audit_gallery(
    request: Request, photos: Photos, name: PackName = DEFAULT_PACK
) -> Audit:
    """The first photo is taken for the cover; files that cannot be read become findings."""
    state = request.app.state
    pack = pack_named(name, state.packs)
    async with state.admission.admit(len(photos)):
        return await audit_photos(state.ranker, photos, pack)


@scored.post(
    "/audit-scored",
    summary="Say what a gallery lacks whose photos have been scored",
    responses=responses(408, 413, 415, 422),
)
async def post_audit_scored(
    request: Request, gallery: ScoredAudit, name: PackName = DEFAULT_PACK
) -> Audit:
    """No photo is needed and nothing is scored again."""
    state = request.app.state
    return await asyncio.to_thread(
        audit_scored, state.ranker, gallery, pack_named(name, state.packs)
    )


@router.get("/packs", summary="Rule packs")
async def get_packs(request: Request) -> Packs:
    """What galleries can be audited against."""
    return Packs.of(request.app.state.packs)
