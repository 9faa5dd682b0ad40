"""The route of the exports: it only translates."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from stayrank_common.web.problems import responses
from stayrank_gallery.exports.formats import ExportFormat, export
from stayrank_gallery.exports.rows import Order
from stayrank_gallery.schemas import RankResponse
from stayrank_gallery.scored_route import ScoredRoute

router = APIRouter(tags=["gallery"], route_class=ScoredRoute)

_TEXT = {"schema": {"type": "string"}}
_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The order as a file.",
        "model": Order,
        "content": {"text/csv": _TEXT, "application/xml": _TEXT},
    }
}


@router.post(
    "/export",
    summary="Write an order as a file: CSV, JSON or OpenTravel",
    response_class=Response,
    responses=_FILES | responses(408, 413, 415, 422),
)
async def post_export(
    ranking: RankResponse, form: Annotated[ExportFormat, Query(alias="format")]
) -> Response:
    """Takes the answer of a ranking, pinned and pruned by whoever edited it."""
    name = f"order{form.suffix}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    content = await asyncio.to_thread(export, ranking, form)
    return Response(content, media_type=form.media_type, headers=headers)
