"""A stable address before replicas that come and go, as a Kubernetes Service is one.

Connections are handed to ready replicas in turn and stay with theirs, as with kube-proxy: nobody
looks at what is said on them. Replicas are asked for `/readyz` every so often; nothing is tried
twice.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

_PROBE_S = 0.2
_CHUNK = 64 * 1024


class Address:
    """Forwards connections to replicas on this machine.

    Args:
        port: Where it listens.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self._replicas: dict[int, bool] = {}  # port → ready
        self._turn = itertools.count()

    @contextmanager
    def open(self) -> Iterator[Self]:
        """Forward, in a thread of its own, until the block ends."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        tasks = [asyncio.run_coroutine_threadsafe(c, loop) for c in (self._serve(), self._probe())]
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    def add(self, port: int) -> None:
        """Take in a replica that is ready."""
        self._replicas[port] = True

    def remove(self, port: int) -> None:
        """Forget a replica."""
        del self._replicas[port]

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._forward, "127.0.0.1", self.port)
        await server.serve_forever()

    async def _probe(self) -> None:
        while True:
            for port in list(self._replicas):
                ready = await _is_ready(port)
                if port in self._replicas:
                    self._replicas[port] = ready
            await asyncio.sleep(_PROBE_S)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ready = [port for port, is_ready in self._replicas.items() if is_ready]
        try:
            there = await asyncio.open_connection("127.0.0.1", ready[next(self._turn) % len(ready)])
        except (OSError, ZeroDivisionError):
            writer.transport.abort()
            return
        await asyncio.gather(_pump(reader, there[1]), _pump(there[0], writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
    except OSError:
        writer.transport.abort()
    finally:
        writer.close()


async def _is_ready(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = await reader.read()
        writer.close()
    except OSError:
        return False
    return b" 200 " in answer.partition(b"\r\n")[0]


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
