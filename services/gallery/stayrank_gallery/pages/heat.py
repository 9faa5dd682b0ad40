"""Heat maps on demand: where in a photo the evidence for its area or its score lies."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from stayrank_common.errors import PhotoError
from stayrank_common.results import AllPhotosFailedError
from stayrank_common.schemas import ErrorBody, PhotoFailure
from stayrank_common.web.gate import PhotoRoute
from stayrank_common.web.pictures import PNG
from stayrank_common.web.uploads import OnePhoto
from stayrank_gallery.scorers import Scorer

router = APIRouter(include_in_schema=False, route_class=PhotoRoute)


@router.post("/heat")
async def heat(request: Request, photo: OnePhoto, tag: str | None = None) -> Response:
    """One photo under its heat, as PNG: for an area, or without `tag` for the mean score.

    Raises:
        AllPhotosFailedError: The photo did not arrive.
    """
    state = request.app.state
    scorer: Scorer = state.scorer
    if isinstance(photo.source, PhotoError):
        raise AllPhotosFailedError([PhotoFailure(id=photo.id, error=ErrorBody.of(photo.source))])
    async with state.admission.admit(1):
        picture = await scorer.explain(photo, tag)
    return Response(picture, media_type=PNG)
