"""Where the gallery service is put together.

uvicorn --factory stayrank_gallery.app:create_app --port 8000
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from stayrank_common.decoding.decoder import Decoder
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
        with decoder or supervised(settings, app.state.metrics) as app.state.decoder:
            opening: Decoder = app.state.decoder
            await asyncio.to_thread(opening.start)
            chosen = (
                scorer
                if scorer is not None
                else await asyncio.to_thread(_scorer, settings, opening)
            )
            if isinstance(chosen, HttpScorer):
                trace_client(app, chosen.client)
            app.state.scorer, app.state.reach = chosen, chosen.reach
            app.state.packs = load_packs(settings.packs_dir)
            folder = settings.policies_dir
            app.state.policies = load_policies(folder) if folder else {}
            app.state.ranker = Ranker(
                chosen,
                settings.duplicate_threshold,
                app.state.policies,
                opening,
                settings.max_scored_photos,
            )
            yield
            await chosen.aclose()

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


def _scorer(settings: GallerySettings, decoder: Decoder) -> Scorer:
    if settings.scorers == "http":
        return HttpScorer(
            settings.tagger_url,
            settings.aesthetic_url,
            settings.upstream_timeout_s,
            key=settings.upstream_key,
        )
    from stayrank_gallery.scorers.local import open_local

    return open_local(decoder, settings.model)
