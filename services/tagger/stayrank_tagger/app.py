"""Where the tagger service is put together.

uvicorn --factory stayrank_tagger.app:create_app --port 8001
"""

from __future__ import annotations

from fastapi import FastAPI

from stayrank_common.decoding.decoder import Decoder
from stayrank_common.web.model_service import new_model_app
from stayrank_models.artifacts import find
from stayrank_models.both import DuoPredictor
from stayrank_models.predictors import TagPredictor
from stayrank_tagger.routes import router
from stayrank_tagger.settings import TaggerSettings


def create_app(
    settings: TaggerSettings | None = None, predictor: TagPredictor | DuoPredictor | None = None
) -> FastAPI:
    """Make the tagger service.

    Args:
        settings: By default read from the environment.
        predictor: By default the model that the settings name, loaded at start-up.
    """
    settings = settings or TaggerSettings()

    artifact = predictor.artifact if predictor else find(settings.model)

    def load(decoder: Decoder) -> TagPredictor | DuoPredictor:
        kind = DuoPredictor if artifact.manifest.task == "duo" else TagPredictor
        return predictor or kind.open(artifact, decoder, settings.threads, settings.open_engine)

    app = new_model_app(
        "StayRank tagger",
        "Names the area of a hotel that each photo shows.",
        settings,
        load,
        settings.threads,
    )
    app.include_router(router)
    app.include_router(router, prefix="/v1", include_in_schema=False)
    return app
