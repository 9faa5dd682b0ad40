"""What callers hold of a service while it works for them: memory, and its attention."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from stayrank_common.errors import BusyError
from stayrank_common.telemetry import CLIENT_GONE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from stayrank_common.metrics import Metrics


class Intake:
    """ASGI middleware: bounds the bytes of all bodies together, and cancels abandoned calls.

    A call whose client has gone is cancelled, so that its places in the queue, its memory and its
    calls to other services are free at once.

    Args:
        app: What it wraps.
        max_bytes: Of all bodies that have come in and are not yet answered.
        metrics: Where it shows how many they are.
    """

    def __init__(self, app: ASGIApp, max_bytes: int, metrics: Metrics) -> None:
        self._app, self._max_bytes, self._metrics = app, max_bytes, metrics
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call; see the ASGI specification."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        call = _Call(self, receive, send)
        try:
            await self._app(scope, call.receive, call.send)
        except asyncio.CancelledError:
            if not call.gone.is_set():
                raise
            call.task.uncancel()
            scope.setdefault("state", {})["problem"] = CLIENT_GONE
        finally:
            call.close()

    def hold(self, size: int, already: int) -> None:
        """Take in more bytes of a call that holds some already.

        Raises:
            BusyError: Other calls hold so much that these do not fit. The body of a call that
                comes alone always fits, so that no setting can make it impossible.
        """
        if self._held > already and self._held + size > self._max_bytes:
            raise BusyError
        self._change(size)

    def release(self, size: int) -> None:
        """Let go of bytes of a call."""
        self._change(-size)

    def _change(self, size: int) -> None:
        self._held += size
        self._metrics.held_bytes.set(self._held)


class _Call:
    """One call: passes messages on, counts its body, and then listens for the client to leave."""

    def __init__(self, intake: Intake, receive: Receive, send: Send) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in a task
        self.task, self.gone = task, asyncio.Event()
        self._intake, self._receive, self._send = intake, receive, send
        self._held, self._answering = 0, False
        self._watch: asyncio.Task[None] | None = None

    async def receive(self) -> Message:
        if self._watch is not None:
            await self.gone.wait()
            return {"type": "http.disconnect"}
        message = await self._receive()
        if message["type"] == "http.request":
            size = len(message.get("body", b""))
            if not self._answering:  # what comes after an answer nobody keeps
                self._intake.hold(size, self._held)
                self._held += size
            if not message.get("more_body", False):
                self._watch = asyncio.create_task(self._listen())
        return message

    async def send(self, message: Message) -> None:
        self._answering = True
        await self._send(message)

    def close(self) -> None:
        self._intake.release(self._held)
        if self._watch is not None:
            self._watch.cancel()

    async def _listen(self) -> None:
        message = await self._receive()
        if message["type"] == "http.disconnect":  # after an answer a server says so as well
            self.gone.set()
            if not self._answering:
                self.task.cancel()
