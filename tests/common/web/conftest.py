import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic_settings import SettingsConfigDict

from stayrank_common.errors import BusyError
from stayrank_common.metrics import Metrics
from stayrank_common.settings import ServiceSettings
from stayrank_common.web.admission import Admission
from stayrank_common.web.service import new_app
from stayrank_common.web.uploads import Photos, Uploaded


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="TEST_SERVICE_")


@pytest.fixture(scope="session")
def make_app() -> Callable[..., FastAPI]:
    """Make a service that tells what arrived: `make_app(max_photos=3)`."""

    @asynccontextmanager
    async def load(app: FastAPI) -> AsyncIterator[None]:
        app.state.loaded = True
        yield
        app.state.loaded = False

    def make(**settings: Any) -> FastAPI:
        app = new_app("Test", "Tells what arrived.", Settings(**settings), load, {"many"})

        @app.post("/echo")
        async def echo(photos: Photos) -> list[tuple[str, str]]:
            return [(photo.id, _told(photo.source)) for photo in photos]

        @app.post("/echo-options")
        async def echo_options(upload: Uploaded) -> Any:
            return {"ids": [photo.id for photo in upload.photos], "options": upload.options}

        return app

    return make


def _told(source: object) -> str:
    return source.decode("latin-1") if isinstance(source, bytes) else type(source).__name__


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    content: bytes
    chunks_read: int

    @property
    def json(self) -> Any:
        return json.loads(self.content)


@pytest.fixture(scope="session")
def call() -> Callable[..., Answer]:
    """Call an ASGI application as a server does, chunk by chunk of the body.

    `call(app, "POST", "/echo", headers, chunks)`; a chunk of None is a client that has gone.
    """

    def run(
        app: FastAPI,
        method: str,
        path: str,
        headers: dict[str, str] | None = None,
        chunks: Iterable[bytes | None] = (),
    ) -> Answer:
        body: Iterator[bytes | None] = iter(chunks)
        answer = Answer(0, {}, b"", 0)

        async def receive() -> dict[str, Any]:
            for chunk in body:
                if chunk is None:
                    return {"type": "http.disconnect"}
                answer.chunks_read += 1
                return {"type": "http.request", "body": chunk, "more_body": True}
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = {k.decode(): v.decode() for k, v in message["headers"]}
            else:
                answer.content += message.get("body", b"")

        raw = [(k.lower().encode(), v.encode("latin-1")) for k, v in (headers or {}).items()]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": raw,
            "client": ("203.0.113.1", 1234),
            "server": ("testserver", 80),
        }
        asyncio.run(app(scope, receive, send))
        return answer

    return run


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def make(metrics, clock):
    """A queue of a service that takes 20 ms of a core for a photo, and had a minute's rest."""

    async def make(max_waiting=800, max_wait_s=1.0, timeout_s=60.0, cores=2) -> Admission:
        admission = Admission(max_waiting, max_wait_s, timeout_s, metrics, cores, clock)
        for _ in range(100):
            async with admission.admit(1):
                clock.now += 0.02
        clock.now += 60
        return admission

    return make


@pytest.fixture(scope="session")
def refused() -> Callable[[Admission, int], Awaitable[BusyError | None]]:
    """Bring a call of so many photos; why it was refused, if it was."""

    async def bring(admission: Admission, photos: int) -> BusyError | None:
        try:
            async with admission.admit(photos):
                return None
        except BusyError as error:
            return error

    return bring


@pytest.fixture(scope="session")
def fill() -> Callable[[Admission, AsyncExitStack], Awaitable[int]]:
    """Bring calls of one photo until one is refused; how many were taken."""

    async def bring(admission: Admission, held: AsyncExitStack) -> int:
        taken = 0
        try:
            while True:
                await held.enter_async_context(admission.admit(1))
                taken += 1
        except BusyError:
            return taken

    return bring
