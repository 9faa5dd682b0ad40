"""Calls to a full service whose route `/echo` has refused one before; whoever gets by is echoed."""

import asyncio
import json
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import uvicorn
from uvicorn.server import ServerState

from stayrank_common.errors import BusyError
from stayrank_common.keys import digest, new_key
from stayrank_common.web.admission import Admission, Standing
from stayrank_common.web.glance import GlancingProtocol

IDLE_S = 0.3
BODY = b"x" * 200_000


class Client:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    def send(self, *pieces: bytes) -> None:
        self._writer.write(b"".join(pieces))

    async def answer(self) -> tuple[int, str | None]:
        """Status and type of the next answer."""
        async with asyncio.timeout(20):
            lines = (await self._reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
            lengths = [int(x.partition(b":")[2]) for x in lines if x.startswith(b"content-length")]
            content = json.loads(await self._reader.readexactly(lengths[0]))
        return int(lines[0].split()[1]), content["type"] if isinstance(content, dict) else None

    async def is_closed(self) -> bool:
        async with asyncio.timeout(20):
            return await self._reader.read() == b""


def head(length: int = 1, *more: str, version: str = "1.1") -> bytes:
    start = f"POST /echo HTTP/{version}"
    lines = [start, "Host: x", "Content-Type: image/png", f"Content-Length: {length}", *more]
    return "\r\n".join([*lines, "", ""]).encode()


@pytest.fixture
def full(make_app) -> Callable[[Callable[..., Awaitable[None]]], None]:
    """Run a scenario with an application that is full and a client of it."""

    @asynccontextmanager
    async def serving(app) -> AsyncIterator[Client]:
        app.state.refusing.add("/echo")
        config = uvicorn.Config(app, http=GlancingProtocol.before(app), ws="none", log_config=None)
        config.load()
        state = ServerState()
        server = await asyncio.get_running_loop().create_server(
            lambda: config.http_protocol_class(config, state, {}), "127.0.0.1", 0
        )
        async with server, app.router.lifespan_context(app):
            streams = await asyncio.open_connection(*server.sockets[0].getsockname())
            yield Client(*streams)
            streams[1].close()

    def run(scenario: Callable[..., Awaitable[None]], **settings) -> None:
        app = make_app(max_waiting_photos=1, idle_timeout_s=IDLE_S, **settings)

        async def within() -> None:
            async with serving(app) as client, app.state.admission.admit(1):
                await scenario(client, app)

        asyncio.run(within())

    return run


def test_the_answer_comes_before_the_body_and_the_connection_lives(full):
    async def scenario(client: Client, app) -> None:
        for _ in range(3):
            client.send(head(len(BODY)))
            assert await client.answer() == (503, "busy")
            client.send(BODY)
        app.state.draining = True
        client.send(head(), b"x")
        assert await client.answer() == (200, None)

    full(scenario)


def test_a_client_that_sends_all_before_it_reads_gets_every_answer(full):
    async def scenario(client: Client, _) -> None:
        client.send(*[head(len(BODY)) + BODY] * 50)
        assert {await client.answer() for _ in range(50)} == {(503, "busy")}

    full(scenario)


def test_a_connection_may_rest_after_a_refusal_but_a_body_must_come(full):
    async def scenario(client: Client, _) -> None:
        client.send(head(), b"x")
        assert await client.answer() == (503, "busy")
        await asyncio.sleep(3 * IDLE_S)
        client.send(head(len(BODY)), b"x")
        assert await client.answer() == (503, "busy")
        assert await client.is_closed()

    full(scenario)


def test_refusals_that_are_counted_together_are_all_counted(full, monkeypatch):
    standing = Standing(BusyError(), math.inf)
    monkeypatch.setattr(Admission, "standing", lambda _: standing)

    async def scenario(client: Client, app) -> None:
        client.send(*[head() + b"x"] * 300)
        assert {await client.answer() for _ in range(300)} == {(503, "busy")}
        value = app.state.metrics.registry.get_sample_value
        assert value("stayrank_problems_total", {"type": "busy"}) == 300
        assert value("http_request_duration_seconds_count", {"route": "/echo"}) == 300
        assert standing.calls == 300

    full(scenario)


@pytest.mark.parametrize(
    "request_head",
    [
        head().replace(b"/echo", b"/%65cho"),
        head().replace(b"Content-Length: 1", b"Transfer-Encoding: chunked"),
        head(1, "Connection: close"),
        head(version="1.0"),
        head(1, "Connection: keep-alive", version="1.0"),
    ],
)
def test_what_needs_more_care_takes_the_long_way(full, request_head):
    async def scenario(client: Client, _) -> None:
        client.send(request_head, b"1\r\nx\r\n0\r\n\r\n" if b"chunked" in request_head else b"x")
        assert await client.answer() == (200, None)

    full(scenario)


def test_while_it_stops_calls_take_the_long_way_which_closes_connections(full):
    async def scenario(client: Client, app) -> None:
        app.state.draining = True
        client.send(head(), b"x")
        assert await client.answer() == (200, None)

    full(scenario)


def test_who_may_not_call_is_told_so_and_does_not_count_as_load(full, tmp_path):
    shop, small = new_key(), new_key()
    keys = tmp_path / "keys.txt"
    keys.write_text(f"shop {digest(shop)}\nsmall {digest(small)} 0.001 2\n")

    async def scenario(client: Client, app) -> None:
        async def ask(key: str) -> tuple[int, str | None]:
            client.send(head(1, f"Authorization: Bearer {key}"), b"x")
            return await client.answer()

        assert await ask("guessed") == (401, "unauthorized")
        assert await ask(shop) == (503, "busy")
        assert [(await ask(small))[0] for _ in range(3)] == [503, 503, 429]
        refused = app.state.metrics.registry.get_sample_value
        assert refused("stayrank_problems_total", {"type": "busy"}) == 3
        load = app.state.admission._load
        assert load._refused / load._taken == pytest.approx(3, rel=0.5)

    full(scenario, keys_file=keys)
