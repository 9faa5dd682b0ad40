"""The routes of the tagger service: they only translate."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field, model_validator

from stayrank_common.errors import MalformedRequestError
from stayrank_common.schemas import (
    AestheticExplanation,
    PhotoFailure,
    Schema,
    TagExplanation,
    TagResponse,
    TagResult,
)
from stayrank_common.web.examples import EXAMPLE
from stayrank_common.web.gate import PhotoRoute
from stayrank_common.web.model_service import Predictor, ask
from stayrank_common.web.pictures import PICTURE, PNG, wants_png
from stayrank_common.web.problems import responses
from stayrank_common.web.uploads import OnePhoto, Photos, request_body
from stayrank_models.both import DuoPredictor
from stayrank_models.explainers import AestheticExplainer, Painter, TagExplainer

router = APIRouter(tags=["tagger"], route_class=PhotoRoute)

Extra = Literal["embedding", "aesthetic"]
# What a caller does not get who asked for this.
_UNASKED: dict[str | None, tuple[Extra, ...]] = {
    None: ("embedding", "aesthetic"),
    "embedding": ("aesthetic",),
    "aesthetic": ("embedding",),
    "all": (),
}


class TagOptions(Schema):
    """Query parameters of `POST /tag`."""

    include: Literal["embedding", "aesthetic", "all"] | None = Field(
        default=None,
        description="`embedding`: add the photo as the backbone sees it. `aesthetic`: add how "
        "people would rate it, where the model gives both answers. `all`: both.",
    )


class ExplainOptions(Schema):
    """Query parameters of `POST /tag/explain`."""

    tag: str | None = Field(
        default=None,
        description="The area to explain; by default the most probable one.",
        examples=["swimming_pool"],
    )
    of: Literal["tag", "aesthetic"] = Field(
        default="tag",
        description="`aesthetic`: what lifts the mean score, where the model gives both answers.",
    )

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        if self.tag is not None and self.of == "aesthetic":
            raise ValueError("`tag` asks about an area, `of=aesthetic` about the mean score")
        return self


@router.post(
    "/tag",
    summary="Name the area that each photo shows",
    openapi_extra=request_body(EXAMPLE),
    responses=responses(408, 413, 415, 422, 503, 504),
)
async def tag(
    request: Request, photos: Photos, options: Annotated[TagOptions, Query()]
) -> TagResponse:
    """One result a photo, in order; a photo that cannot be used fails alone."""
    predictor: Predictor[TagResult] = request.app.state.predictor
    if options.include in ("aesthetic", "all"):
        _both(request)
    results = await ask(request, predictor, photos)
    unasked = _UNASKED[options.include]
    return TagResponse(
        model=predictor.info,
        results=[
            result if isinstance(result, PhotoFailure) else result.without(*unasked)
            for result in results
        ],
    )


@router.post(
    "/tag/explain",
    summary="Show where in a photo the evidence for an area lies",
    openapi_extra=request_body(EXAMPLE, single=True),
    response_model=TagExplanation | AestheticExplanation,
    responses=PICTURE | responses(408, 413, 415, 422, 501, 503, 504),
)
async def explain(
    request: Request, photo: OnePhoto, options: Annotated[ExplainOptions, Query()]
) -> object:
    """Exactly one photo. JSON with heat and focal point, or a picture (`Accept: image/png`)."""
    explainer: TagExplainer | AestheticExplainer
    if options.of == "aesthetic":
        explainer = AestheticExplainer(_both(request).aesthetic)
    else:
        predictor = request.app.state.predictor
        tagger = predictor.tagger if isinstance(predictor, DuoPredictor) else predictor
        explainer = TagExplainer(tagger, options.tag)
    if wants_png(request):
        (picture,) = await ask(request, Painter(explainer), [photo])
        return Response(picture, media_type=PNG)
    (explanation,) = await ask(request, explainer, [photo])
    return explanation


def _both(request: Request) -> DuoPredictor:
    """The model, where it gives both answers.

    Raises:
        MalformedRequestError: It does not.
    """
    predictor = request.app.state.predictor
    if not isinstance(predictor, DuoPredictor):
        raise MalformedRequestError(
            f"{predictor.info.name} predicts no ratings; `aesthetic` needs a model for both answers"
        )
    return predictor
