"""The routes of the gallery service: they only translate."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from stayrank_common.metrics import Metrics
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
    count(state.metrics, ranked.response)
    return ranked.response


def count(metrics: Metrics, response: RankResponse) -> None:
    """Count what became of the photos, and which versions of the models answered about them."""
    metrics.photos.labels("ranked").inc(len(response.ranking))
    for removed in response.removed:
        metrics.photos.labels(removed.reason).inc()
    for model in (response.models.tagger, response.models.aesthetic):
        metrics.answered(model, len(response.ranking) + len(response.removed))
