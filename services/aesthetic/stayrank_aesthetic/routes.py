"""The routes of the aesthetic service: they only translate."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from stayrank_common.schemas import AestheticResponse, AestheticResult, Schema
from stayrank_common.web.examples import EXAMPLE
from stayrank_common.web.model_service import Predictor, ask
from stayrank_common.web.problems import responses
from stayrank_common.web.uploads import Photos, request_body

router = APIRouter(tags=["aesthetic"])


class NoOptions(Schema):
    """Takes no query parameter, and says so where one comes."""


@router.post(
    "/aesthetic",
    summary="Predict how people would rate each photo",
    openapi_extra=request_body(EXAMPLE),
    responses=responses(413, 415, 422, 503, 504),
)
async def aesthetic(
    request: Request, photos: Photos, _: Annotated[NoOptions, Query()]
) -> AestheticResponse:
    """One result a photo, in order; a photo that cannot be used fails alone."""
    predictor: Predictor[AestheticResult] = request.app.state.predictor
    results = await ask(request, predictor, photos)
    return AestheticResponse(model=predictor.info, results=results)
