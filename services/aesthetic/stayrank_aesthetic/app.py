"""Where the aesthetic service is put together.

uvicorn --factory stayrank_aesthetic.app:create_app --port 8002
"""

from __future__ import annotations

from fastapi import FastAPI

from stayrank_aesthetic.routes import router
from stayrank_aesthetic.settings import AestheticSettings
from stayrank_common.decoding.decoder import Decoder
from stayrank_common.web.model_service import new_model_app
from stayrank_models.artifacts import find
from stayrank_models.predictors import AestheticPredictor


def create_app(
    settings: AestheticSettings | None = None, predictor: AestheticPredictor | None = None
) -> FastAPI:
    """Make the aesthetic service.

    Args:
        settings: By default read from the environment.
        predictor: By default the model that the settings name, loaded at start-up.
    """
    settings = settings or AestheticSettings()

    artifact = predictor.artifact if predictor else find(settings.model)

    def load(decoder: Decoder) -> AestheticPredictor:
        return predictor or AestheticPredictor.open(
            artifact, decoder, settings.threads, settings.open_engine
        )

    app = new_model_app(
        "StayRank aesthetic",
        "Predicts how people would rate each photo (NIMA).",
        settings,
        load,
        settings.threads,
    )
    app.include_router(router)
    app.include_router(router, prefix="/v1", include_in_schema=False)
    return app
