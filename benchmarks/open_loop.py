"""A load generator whose callers do not wait for each other.

`python benchmarks/open_loop.py URL BODY TYPE --rate R | --callers N [--seconds S] [--calls N]`
prints a JSON list of `[due, seconds, status]` a call.

With `--rate`, calls come by a Poisson process, whether earlier ones have been answered or not, and
how long one took counts from when it was due, not from when it could be sent: a generator that
waits for slow answers would leave out just those calls that are slow (coordinated omission; Gil
Tene, "How not to measure latency"). With `--callers`, so many callers bring the next call as soon
as their last one is answered, which finds the capacity; who is refused waits as `Retry-After` says.

Connections are kept open and their answers read with as little work as possible, since on a small
machine every cycle that the generator takes is one that the service lacks.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import random
import sys
import time
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import uvloop

_BROKEN = 0
_PATIENCE_S = 60


class Call(NamedTuple):
    """What became of a call.

    Args:
        due: Seconds from the start at which it was to be made.
        seconds: From then to the last byte of its answer.
        status: Of the answer; 0 where there was none.
    """

    due: float
    seconds: float
    status: int


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self._head, self._missing = b"", 0
        self._answer: asyncio.Future[int] | None = None
        self._status = _BROKEN
        self.reusable = True
        self.retry_after_s = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport

    def ask(self, request: bytes) -> asyncio.Future[int]:
        self._answer = asyncio.get_running_loop().create_future()
        self._head, self._status = b"", _BROKEN
        self.transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        if self._status == _BROKEN:
            self._head += data
            head, end, data = self._head.partition(b"\r\n\r\n")
            if not end:
                return
            head = head.lower()
            self._status = int(head[9:12])
            self._missing = int(_value(head, b"content-length"))
            self.retry_after_s = float(_value(head, b"retry-after") or 0)
            self.reusable = b"connection: close" not in head
        self._missing -= len(data)
        if self._missing <= 0 and self._answer and not self._answer.done():
            self._answer.set_result(self._status)

    def connection_lost(self, _: Exception | None) -> None:
        self.reusable = False
        if self._answer and not self._answer.done():
            self._answer.set_result(_BROKEN)


def _value(head: bytes, name: bytes) -> bytes:
    """The value of a header, in lower case; empty where it is absent."""
    return head.partition(name + b":")[2].partition(b"\r")[0]


class _Caller:
    def __init__(self, url: str, body: bytes, media_type: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname, parts.port
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        self._request = (
            f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: {media_type}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode() + body
        self._idle: list[_Connection] = []
        self._start = time.monotonic()
        self.calls: list[Call] = []

    def now(self) -> float:
        return time.monotonic() - self._start

    async def call(self, due: float) -> float:
        """Make a call; returns the seconds after which the service wants the next one."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                status, retry_after_s = await self._ask()
        except (OSError, TimeoutError):
            status, retry_after_s = _BROKEN, 0.0
        self.calls.append(Call(due, self.now() - due, status))
        return retry_after_s

    async def _ask(self) -> tuple[int, float]:
        while self._idle:
            connection = self._idle.pop()
            if connection.reusable:
                break
        else:
            loop = asyncio.get_running_loop()
            _, connection = await loop.create_connection(_Connection, self._host, self._port)
        try:
            status = await connection.ask(self._request)
        except asyncio.CancelledError:
            connection.transport.abort()
            raise
        if connection.reusable:
            self._idle.append(connection)
        return status, connection.retry_after_s


async def _open(caller: _Caller, rate: float, seconds: float) -> None:
    gaps = random.Random(0)  # noqa: S311 - the same load every time
    due, running = 0.0, set[asyncio.Task[float]]()
    while (due := due + gaps.expovariate(rate)) < seconds:
        await asyncio.sleep(due - caller.now())
        task = asyncio.create_task(caller.call(due))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)


async def _closed(caller: _Caller, callers: int, seconds: float, calls: int) -> None:
    left = iter(range(calls))

    async def go_on() -> None:
        while caller.now() < seconds and next(left, None) is not None:
            retry_after_s = await caller.call(caller.now())
            await asyncio.sleep(retry_after_s)

    await asyncio.gather(*(go_on() for _ in range(callers)))


async def _run(given: argparse.Namespace) -> list[Call]:
    caller = _Caller(given.url, given.body.read_bytes(), given.media_type)
    if given.rate:
        await _open(caller, given.rate, given.seconds)
    else:
        await _closed(caller, given.callers, given.seconds, given.calls)
    return caller.calls


def main() -> None:
    """Make the calls, print what became of them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("body", type=Path)
    parser.add_argument("media_type")
    parser.add_argument("--rate", type=float)
    parser.add_argument("--callers", type=int)
    parser.add_argument("--seconds", type=float, default=math.inf)
    parser.add_argument("--calls", type=int, default=10**9)
    json.dump(uvloop.run(_run(parser.parse_args())), sys.stdout)


if __name__ == "__main__":
    main()
