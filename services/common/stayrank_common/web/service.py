"""The frame of a service: what the tagger, the aesthetic and the gallery service have in common."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version

from fastapi import Depends, FastAPI, Request, Response
from fastapi_offline import FastAPIOffline
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.datastructures import State
from starlette.types import Scope

from stayrank_common.errors import MalformedRequestError, UpstreamError
from stayrank_common.metrics import Metrics
from stayrank_common.niceness import be_as_nice_as, niceness
from stayrank_common.settings import ServiceSettings
from stayrank_common.telemetry import Telemetry
from stayrank_common.web import problems
from stayrank_common.web.access import guard
from stayrank_common.web.admission import Admission
from stayrank_common.web.headers import SecurityHeaders
from stayrank_common.web.intake import Intake
from stayrank_common.web.tracing import trace_app

_WAITING_THREADS = 64
_NICENESS = 5  # a third of the weight

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def refuse_repeated_options(lists: Collection[str]) -> Callable[[Request], Awaitable[None]]:
    """Make a dependency that refuses `?limit=1&limit=2`: whichever counted, the other was meant.

    Args:
        lists: Query parameters that take several values, and so may be repeated.
    """

    async def refuse(request: Request) -> None:
        counts = Counter(name for name, _ in request.query_params.multi_items())
        repeated = [
            f"{name}: given {count} times"
            for name, count in counts.items()
            if count > 1 and name not in lists
        ]
        if repeated:
            raise MalformedRequestError(f"{'; '.join(repeated)}; give an option once")

    return refuse


def new_app(
    title: str,
    summary: str,
    settings: ServiceSettings,
    load: Lifespan,
    lists: Collection[str] = (),
    cores: int = 0,
) -> FastAPI:
    """Make a service without routes of its own.

    Args:
        title: Its name in the documentation.
        summary: What it does, in a sentence.
        settings: Its settings.
        load: Entered at start-up; the service is ready once inside, and done once outside.
        lists: Query parameters that may be repeated; no other may.
        cores: Photos that are worked on at the same time; 0 means one a core.

    Returns:
        An application with problems, health, metrics, `/docs` (offline), and in its `state`:
        `settings`, `metrics`, `admission`, `refusing` (paths of routes that have refused a call),
        `enter` (asks the keys, see `access.enter`), `draining`, and `reach`, which `load` may
        replace by what raises an `UpstreamError` as long as the service cannot work for want of
        another.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # Threads that only wait for a model must not keep others from being parsed.
        # However much engines and decoders have to do, the event loop comes first.
        threads = ThreadPoolExecutor(
            _WAITING_THREADS,
            thread_name_prefix="wait",
            initializer=be_as_nice_as,
            initargs=(niceness() + _NICENESS,),
        )
        asyncio.get_running_loop().set_default_executor(threads)
        async with load(app):
            app.state.ready = True
            yield
            app.state.ready = False

    app = FastAPIOffline(
        title=title,
        summary=summary,
        description=_limits(settings),
        redoc_url=None,
        version=version("stayrank"),
        lifespan=lifespan,
        dependencies=[Depends(refuse_repeated_options(lists))],
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        generate_unique_id_function=lambda route: re.sub(r"\W+", "_", route.path).strip("_"),
    )
    metrics = Metrics()
    app.state.settings, app.state.metrics = settings, metrics
    app.state.admission = Admission(
        settings.max_waiting_photos, settings.max_wait_s, settings.timeout_s, metrics, cores
    )
    app.state.ready = app.state.draining = False
    app.state.reach = _reach_nothing
    app.state.refusing, app.state.enter = set(), _let_in
    app.add_middleware(Intake, max_bytes=settings.max_held_bytes, metrics=metrics)
    guard(app, settings)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Telemetry, metrics=metrics)
    trace_app(app, settings.service)
    problems.install(app)
    _add_health(app)
    return app


def _limits(settings: ServiceSettings) -> str:
    """What a call may bring, for the documentation."""
    return (
        f"At most {settings.max_photos:,} photos and {settings.max_body_bytes:,} bytes a call, "
        f"{settings.max_photo_bytes:,} bytes and {settings.max_photo_pixels:,} pixels a photo. "
        f"Calls end after {settings.timeout_s:g} s. Paths are also served under `/v1`."
    )


def _let_in(_: Scope) -> None:
    """Ask for no key."""


async def _reach_nothing() -> None:
    """Depend on no other service."""


async def _unready(state: State) -> str | None:
    """Why a service is not ready, if it is not."""
    if state.draining:
        return "the service is stopping"
    if not state.ready:
        return "the models are not loaded yet"
    reach: Callable[[], Awaitable[None]] = state.reach
    try:
        await reach()
    except UpstreamError as error:
        return str(error)
    return None


def _add_health(app: FastAPI) -> None:
    @app.get("/livez", tags=["health"], summary="The process answers")
    async def livez() -> dict[str, str]:
        return {"status": "alive"}

    @app.get(
        "/readyz",
        tags=["health"],
        summary="The models are loaded, other services have answered, and it is not stopping",
        responses=problems.responses(503),
    )
    async def readyz(request: Request) -> Response:
        if why := await _unready(request.app.state):
            return problems.problem(503, "not-ready", "Not ready", why)
        return Response('{"status":"ready"}', media_type="application/json")

    @app.get("/metrics", tags=["health"], summary="Prometheus metrics", response_class=Response)
    async def metrics(request: Request) -> Response:
        content = generate_latest(request.app.state.metrics.registry)
        return Response(content, media_type=CONTENT_TYPE_LATEST)
