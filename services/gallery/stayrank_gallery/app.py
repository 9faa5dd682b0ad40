"""Where the gallery service is put together.

uvicorn --factory stayrank_gallery.app:create_app --port 8000
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from functools import partial

from fastapi import FastAPI

from stayrank_common.decoding.decoder import Decoder
from stayrank_common.metrics import Metrics
from stayrank_common.web.decoders import supervised
from stayrank_common.web.service import new_app
from stayrank_common.web.tracing import trace_client
from stayrank_gallery.audit import load_packs
from stayrank_gallery.audit import routes as audit
from stayrank_gallery.exports import routes as exports
from stayrank_gallery.pages import routes as pages
from stayrank_gallery.policy import load_policies
from stayrank_gallery.queries import LISTS
from stayrank_gallery.ranker import Ranker
from stayrank_gallery.routes import router, scored
from stayrank_gallery.schemas import RankResponse
from stayrank_gallery.scorers import HttpScorer, Scorer
from stayrank_gallery.settings import GallerySettings


def create_app(
    settings: GallerySettings | None = None,
    scorer: Scorer | None = None,
    decoder: Decoder | None = None,
) -> FastAPI:
    """Make the gallery service.

    Args:
        settings: By default read from the environment.
        scorer: By default the one that the settings name.
        decoder: Opens the photos; by default processes that may die of them.
    """
    settings = settings or GallerySettings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        state, folder = app.state, settings.policies_dir
        state.packs = load_packs(settings.packs_dir)
        state.policies = load_policies(folder) if folder else {}
        with decoder or supervised(settings, state.metrics) as state.decoder:
            await asyncio.to_thread(state.decoder.start)
            chosen = scorer or await _open_scorer(settings, state.decoder)
            async with aclosing(chosen):
                if isinstance(chosen, HttpScorer):
                    trace_client(app, chosen.client)
                state.scorer, state.reach = chosen, chosen.reach
                state.ranker = Ranker(
                    chosen,
                    settings.duplicate_threshold,
                    state.policies,
                    state.decoder,
                    settings.max_scored_photos,
                    partial(_count, state.metrics),
                )
                yield

    app = new_app(
        "StayRank gallery",
        "Orders the photos of a property: beautiful first, every area early, a reason for each.",
        settings,
        lifespan,
        LISTS,
    )
    for routes in (router, scored, audit.router, audit.scored, exports.router):
        app.include_router(routes)
        app.include_router(routes, prefix="/v1", include_in_schema=False)
    pages.install(app)
    return app


def _count(metrics: Metrics, answer: RankResponse) -> None:
    """Count what became of the photos, and which versions of the models answered about them."""
    metrics.photos.labels("ranked").inc(len(answer.ranking))
    for removed in answer.removed:
        metrics.photos.labels(removed.reason).inc()
    if answer.models:
        for model in (answer.models.tagger, answer.models.aesthetic):
            metrics.answered(model, len(answer.ranking) + len(answer.removed))


async def _open_scorer(settings: GallerySettings, decoder: Decoder) -> Scorer:
    if settings.scorers == "http":
        return HttpScorer(
            settings.tagger_url,
            settings.aesthetic_url,
            settings.upstream_timeout_s,
            key=settings.upstream_key,
        )
    from stayrank_gallery.scorers.local import open_local

    return await asyncio.to_thread(open_local, decoder, settings.model)
