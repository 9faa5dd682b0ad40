"""What a broken tagger does to the gallery service, over real sockets."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest

from stayrank_common.deadlines import REQUEST_TIMEOUT
from stayrank_common.inputs import PhotoInput
from stayrank_gallery.app import create_app
from stayrank_gallery.scorers import FakeScorer, HttpScorer
from stayrank_gallery.settings import GallerySettings

Fault = Callable[[asyncio.StreamWriter], Awaitable[None]]
TIMEOUT_S = 2.0


def head(status: str, length: int | None = None, media_type: str = "application/json") -> bytes:
    end = "Connection: close" if length is None else f"Content-Length: {length}"
    return f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\n{end}\r\n\r\n".encode()


def says(*pieces: bytes, pause_s: float = 0) -> Fault:
    async def fault(writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause_s)

    return fault


async def hangs(_: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def never_ends(writer: asyncio.StreamWriter) -> None:
    writer.write(head("200 OK"))
    while True:
        writer.write(b"{" + b" " * 2**16)
        await writer.drain()


async def resets(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


FAULTS: dict[str, tuple[Fault | None, int, str]] = {
    "refuses": (None, 502, "upstream"),
    "resets": (resets, 502, "upstream"),
    "says nothing": (says(), 502, "upstream"),
    "hangs": (hangs, 504, "upstream-timeout"),
    "speaks another protocol": (says(b"220 mail.example.com ESMTP\r\n"), 502, "upstream"),
    "closes within the head": (says(b"HTTP/1.1 200 OK\r\nContent-Le"), 502, "upstream"),
    "closes within the body": (says(head("200 OK", 1000), b'{"model"'), 502, "upstream"),
    "breaks off a chunk": (
        says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"),
        502,
        "upstream",
    ),
    "says rubbish": (says(head("200 OK", 4), b"\xff\xfe{}"), 502, "upstream"),
    "says something else": (says(head("200 OK", 2), b"{}"), 502, "upstream"),
    "drips": (says(head("200 OK", 99), *[b" "] * 99, pause_s=0.1), 504, "upstream-timeout"),
    "never ends": (never_ends, 502, "upstream"),
    "has endless headers": (says(b"HTTP/1.1 200 OK\r\n", *[b"A: b\r\n" * 9**5]), 502, "upstream"),
    "sends a page": (says(head("200 OK", 4, "text/html"), b"<p>\n"), 502, "upstream"),
    "is busy": (says(head("503 Service Unavailable", 0)), 503, "upstream-busy"),
    "fails": (says(head("500 Internal Server Error", 0)), 502, "upstream"),
}  # fmt: skip


class Peer:
    """Tagger and aesthetic service on one port: well, unless a fault is set."""

    def __init__(self) -> None:
        self.fault: Fault | None = None
        self.waits_ms: list[int] = []
        self.port = 0

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                line, *lines = (await reader.readuntil(b"\r\n\r\n")).strip().splitlines()
                headers = httpx.Headers([tuple(line.split(b": ", 1)) for line in lines])
                await reader.readexactly(int(headers["content-length"]))
                self.waits_ms.append(int(headers[REQUEST_TIMEOUT]))
                if self.fault:
                    await self.fault(writer)
                    break
                scores = await FakeScorer().score([PhotoInput("0", b"a photo")])
                answer = scores.tags if b"/tag" in line else scores.aesthetics
                content = answer.model_dump_json().encode()
                writer.write(head("200 OK", len(content)) + content)
        except (asyncio.IncompleteReadError, OSError):
            pass  # the gallery had enough
        finally:
            writer.close()


@asynccontextmanager
async def gallery(peer: Peer) -> AsyncIterator[httpx.AsyncClient]:
    url = f"http://127.0.0.1:{peer.port}"
    app = create_app(GallerySettings(), HttpScorer(url, url, TIMEOUT_S))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gallery") as client,
    ):
        yield client


async def rank(client: httpx.AsyncClient, **headers: str) -> httpx.Response:
    headers = {"Content-Type": "image/jpeg", **headers}
    return await client.post("/rank-gallery", content=b"a photo", headers=headers)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_by_its_name_in_time_and_forgotten_once_it_is_over(name):
    fault, status, slug = FAULTS[name]

    async def scenario() -> None:
        peer = Peer()
        async with peer.listening():
            pass  # the port is known now
        async with gallery(peer) as client, AsyncExitStack() as well:
            if fault:
                peer.fault = fault
                await well.enter_async_context(peer.listening())
            start = time.monotonic()

            answer = await rank(client)

            assert (answer.status_code, answer.json()["type"]) == (status, slug)
            assert answer.headers["content-type"] == "application/problem+json"
            assert time.monotonic() - start < TIMEOUT_S + 10  # it does not wait for the fault's end
            assert ("retry-after" in answer.headers) == (status == 503)

            peer.fault = None
            if not fault:
                await well.enter_async_context(peer.listening())
            assert (await rank(client)).json()["ranking"][0]["id"] == "0"

    asyncio.run(scenario())


def test_a_peer_that_stays_away_is_not_asked_twice_by_every_call():
    async def scenario() -> None:
        peer = Peer()
        peer.fault = resets
        async with peer.listening(), gallery(peer) as client:
            for _ in range(60):
                assert (await rank(client)).status_code == 502

        assert 120 <= len(peer.waits_ms) <= 120 * 1.1 + 10

    asyncio.run(scenario())


def test_what_is_left_of_the_callers_deadline_is_handed_on():
    async def scenario() -> None:
        peer = Peer()
        async with peer.listening(), gallery(peer) as client:
            await rank(client, **{REQUEST_TIMEOUT: "800"})
            await rank(client)

        assert all(0 < wait <= 800 for wait in peer.waits_ms[:2])
        assert all(800 < wait <= 1000 * TIMEOUT_S for wait in peer.waits_ms[2:])

    asyncio.run(scenario())


def test_the_deadline_of_the_caller_ends_a_call_to_a_peer_that_hangs():
    async def scenario() -> None:
        peer = Peer()
        peer.fault = hangs
        async with peer.listening(), gallery(peer) as client:
            answer = await rank(client, **{REQUEST_TIMEOUT: "200"})

        assert answer.status_code == 504
        assert answer.json()["type"] in {"deadline", "upstream-timeout"}

    asyncio.run(scenario())
