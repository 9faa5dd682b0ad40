"""What the services that run a model have in common: load it, warm it up, ask it, describe it."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from typing import Any, Protocol, TypeVar

from fastapi import FastAPI, Request
from PIL import Image

from stayrank_common.decoding.decoder import Decoder
from stayrank_common.inputs import PhotoInput
from stayrank_common.results import refuse_if_all_failed
from stayrank_common.schemas import ModelDescription, ModelInfo, PhotoFailure
from stayrank_common.settings import ServiceSettings
from stayrank_common.web.decoders import supervised
from stayrank_common.web.service import new_app

Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)


class Answering(Protocol[Result_co]):
    """Answers about photos."""

    async def answers(
        self, photos: Sequence[PhotoInput], stop: threading.Event
    ) -> Sequence[Result_co | PhotoFailure]:
        """Return one result a photo, in order; fewer once `stop` is set."""
        ...


class Predictor(Answering[Result_co], Protocol[Result_co]):
    """A model that answers about photos."""

    @property
    def info(self) -> ModelInfo:
        """The model that answers."""
        ...

    def describe(self) -> ModelDescription:
        """Return the model's manifest, card and engine."""
        ...

    def close(self) -> None:
        """Release what it holds."""
        ...


def new_model_app(
    title: str,
    summary: str,
    settings: ServiceSettings,
    load: Callable[[Decoder], Predictor[Any]],
    cores: int = 0,
) -> FastAPI:
    """Make a service around a model: `state.predictor`, and `GET /model`.

    Args:
        title: Its name in the documentation.
        summary: What it does, in a sentence.
        settings: Its settings.
        load: Loads the model; called once, in a thread, at start-up, with what opens its photos.
        cores: Photos that it answers about at the same time; 0 means one a core.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with (
            supervised(settings, app.state.metrics) as decoder,
            closing(await asyncio.to_thread(load, decoder)) as app.state.predictor,
        ):
            app.state.metrics.loaded(app.state.predictor.describe())
            warm_up = [PhotoInput("warm-up", _picture())]
            await app.state.predictor.answers(warm_up, threading.Event())
            yield

    app = new_app(title, summary, settings, lifespan, cores=cores)

    @app.get("/model", tags=["model"], summary="The model that answers")
    async def model(request: Request) -> ModelDescription:
        description: ModelDescription = request.app.state.predictor.describe()
        return description

    return app


async def ask(
    request: Request, predictor: Answering[Result], photos: Sequence[PhotoInput]
) -> list[Result | PhotoFailure]:
    """Answer a call about photos, within the limits of the service.

    Raises:
        AllPhotosFailedError: None of them could be used.
        BusyError: Too much work is waiting.
        DeadlineError: It took too long.
    """
    state = request.app.state
    stop = threading.Event()
    async with state.admission.admit(len(photos)):
        try:
            results = list(await predictor.answers(photos, stop))
        finally:
            stop.set()  # after a deadline no thread must go on working for nobody
    state.metrics.observe_results(state.predictor.info, results)
    refuse_if_all_failed(results)
    return results


def _picture() -> bytes:
    """A small photo to warm up with."""
    content = io.BytesIO()
    Image.new("RGB", (64, 64), "grey").save(content, "JPEG")
    return content.getvalue()
