"""The routes of the aesthetic service: they only translate."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from stayrank_common.schemas import (
    AestheticExplanation,
    AestheticResponse,
    AestheticResult,
    Schema,
)
from stayrank_common.web.examples import EXAMPLE
from stayrank_common.web.gate import PhotoRoute
from stayrank_common.web.model_service import Predictor, ask
from stayrank_common.web.pictures import PICTURE, PNG, wants_png
from stayrank_common.web.problems import responses
from stayrank_common.web.uploads import OnePhoto, Photos, request_body
from stayrank_models.explainers import AestheticExplainer, Painter

router = APIRouter(tags=["aesthetic"], route_class=PhotoRoute)


class NoOptions(Schema):
    """Takes no query parameter, and says so where one comes."""


@router.post(
    "/aesthetic",
    summary="Predict how people would rate each photo",
    openapi_extra=request_body(EXAMPLE),
    responses=responses(408, 413, 415, 422, 503, 504),
)
async def aesthetic(
    request: Request, photos: Photos, _: Annotated[NoOptions, Query()]
) -> AestheticResponse:
    """One result a photo, in order; a photo that cannot be used fails alone."""
    predictor: Predictor[AestheticResult] = request.app.state.predictor
    results = await ask(request, predictor, photos)
    return AestheticResponse(model=predictor.info, results=results)


@router.post(
    "/aesthetic/explain",
    summary="Show what in a photo lifts its mean score",
    openapi_extra=request_body(EXAMPLE, single=True),
    response_model=AestheticExplanation,
    responses=PICTURE | responses(408, 413, 415, 422, 501, 503, 504),
)
async def explain(request: Request, photo: OnePhoto, _: Annotated[NoOptions, Query()]) -> object:
    """Exactly one photo. JSON with heat and focal point, or a picture (`Accept: image/png`)."""
    explainer = AestheticExplainer(request.app.state.predictor)
    if wants_png(request):
        (picture,) = await ask(request, Painter(explainer), [photo])
        return Response(picture, media_type=PNG)
    (explanation,) = await ask(request, explainer, [photo])
    return explanation
