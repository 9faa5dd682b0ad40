"""The routes of the tagger service: they only translate."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field

from stayrank_common.schemas import PhotoFailure, Schema, TagResponse, TagResult
from stayrank_common.web.examples import EXAMPLE
from stayrank_common.web.model_service import Predictor, ask
from stayrank_common.web.problems import responses
from stayrank_common.web.uploads import Photos, request_body

router = APIRouter(tags=["tagger"])


class TagOptions(Schema):
    """Query parameters of `POST /tag`."""

    include: Literal["embedding"] | None = Field(
        default=None, description="`embedding`: add the photo as the backbone sees it."
    )


@router.post(
    "/tag",
    summary="Name the area that each photo shows",
    openapi_extra=request_body(EXAMPLE),
    responses=responses(413, 415, 422, 503, 504),
)
async def tag(
    request: Request, photos: Photos, options: Annotated[TagOptions, Query()]
) -> TagResponse:
    """One result a photo, in order; a photo that cannot be used fails alone."""
    predictor: Predictor[TagResult] = request.app.state.predictor
    results = await ask(request, predictor, photos)
    if options.include is None:
        results = [
            result if isinstance(result, PhotoFailure) else result.without_embedding()
            for result in results
        ]
    return TagResponse(model=predictor.info, results=results)
