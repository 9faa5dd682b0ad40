"""How long a connection may keep a service waiting: uvicorn's protocol, with the bounds it lacks.

uvicorn waits without end for the first byte of a connection, for the rest of its headers, for what
is left of a body that was answered already, and for a client that takes no answer; it also takes
any number of connections and headers of any size.
"""

# ruff: noqa: D102 - the methods are those of asyncio.Protocol and of uvicorn

from __future__ import annotations

import asyncio
import json
import math
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar, Self

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from stayrank_common.web.upgrades import PlainParser

if TYPE_CHECKING:
    from stayrank_common.settings import ServiceSettings

MAX_HEADER_BYTES, MAX_HEADERS = 64 * 1024, 200


class PatientProtocol(HttpToolsProtocol):
    """Speaks HTTP/1.1 on one connection; `within` says how patiently."""

    _idle_s: ClassVar[float]
    _old_s: ClassVar[float] = 30  # a cluster shares out connections, not calls: new pods want some
    _max_connections: ClassVar[int]

    @classmethod
    def within(cls, settings: ServiceSettings) -> type[Self]:
        """Return the protocol with the bounds of a service: uvicorn makes one a connection."""
        bounds = {
            "_idle_s": settings.idle_timeout_s,
            "_max_connections": settings.max_connections,
        }
        return type(cls.__name__, (cls,), bounds)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on
        super().__init__(*args, **kwargs)
        self.headers = []
        self.parser = PlainParser(self.parser, self)  # type: ignore[assignment]
        self._header_bytes: int | None = None  # of the request that is beginning; None between
        self._unfinished = True  # the client is at a request
        self._patient_until = self._looks_at = math.inf  # by the clock of the event loop
        self._look: asyncio.TimerHandle | None = None
        self._waits_for_reader: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._made_at = self.loop.time()
        if len(self.connections) > self._max_connections:
            self._refuse(503, "busy", "Busy", "too many connections are open", "retry-after: 1\r\n")
            return
        self._wait_for_client()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._look, self._waits_for_reader):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        had_begun = self._header_bytes is not None
        super().data_received(data)
        if not self._unfinished or self.transport.is_closing():
            return
        if had_begun and self._header_bytes is not None:
            self._header_bytes += len(data)
        if (self._header_bytes or 0) > MAX_HEADER_BYTES or self._has_large_headers():
            self._refuse_headers()  # or trailers, which come after the body
            return
        if self._answered:
            self._wait_for_client()

    def on_message_begin(self) -> None:
        self.url, self.headers, self.expect_100_continue = b"", [], False
        self._header_bytes, self._unfinished = 0, True
        self._patient_until = math.inf

    def on_headers_complete(self) -> None:
        if self.parser.should_upgrade():  # it is read again
            return
        self._headers_came()
        read = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()  # so late, since it prepares what a refusal does not need
        self.url, self.headers[:], self.expect_100_continue = read
        super().on_headers_complete()
        if self.loop.time() - self._made_at > self._old_s:
            self.cycle.keep_alive = False  # the answer says so; the caller comes back by another

    def on_message_complete(self) -> None:
        if self.parser.should_upgrade():
            return
        super().on_message_complete()
        self._unfinished = False
        if self._answered:
            self._wait(self.timeout_keep_alive)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.more_body:  # answered before its end; it may be sent to nobody for a while
            self._wait_for_client()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._waits_for_reader = self.loop.call_later(self._idle_s, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._waits_for_reader is not None:
            self._waits_for_reader.cancel()
            self._waits_for_reader = None

    def timeout_keep_alive_handler(self) -> None:
        self.transport.abort()  # an answer that was not taken by now never will be

    def send_400_response(self, msg: str) -> None:
        if self._has_large_headers():
            self._refuse_headers()
        else:
            self._refuse(400, "bad-request", "Bad request", msg)

    def _has_large_headers(self) -> bool:
        """Whether those that have come whole are too large already, if all in one piece."""
        size = sum(map(len, chain.from_iterable(self.headers)))
        return size > MAX_HEADER_BYTES or len(self.headers) > MAX_HEADERS

    def _refuse_headers(self) -> None:
        detail = f"there are more than {MAX_HEADERS} headers, or {MAX_HEADER_BYTES:,} bytes of them"
        self._refuse(431, "headers-too-large", "Headers too large", detail)

    @property
    def _answered(self) -> bool:
        return self.cycle is None or self.cycle.response_complete  # type: ignore[redundant-expr]

    def _headers_came(self) -> None:
        if self._has_large_headers():
            raise ValueError("headers")
        self._header_bytes = None
        self._patient_until = math.inf

    def _wait_for_client(self) -> None:
        if self._patient_until == math.inf:
            self._wait(self._idle_s)

    def _wait(self, seconds: float) -> None:
        """Lose patience after so many seconds.

        Thousands of calls a second move this moment: a timer that comes too soon may come, and
        looks when to come again.
        """
        self._patient_until = self.loop.time() + seconds
        if self._patient_until < self._looks_at:
            self._look_at(self._patient_until)

    def _look_at(self, when: float) -> None:
        if self._look is not None:
            self._look.cancel()
        self._looks_at, self._look = when, self.loop.call_at(when, self._look_at_clock)

    def _look_at_clock(self) -> None:
        self._looks_at, self._look = math.inf, None
        if self._patient_until > self.loop.time():
            if self._patient_until < math.inf:
                self._look_at(self._patient_until)
            return
        self._lose_patience()

    def _lose_patience(self) -> None:
        if self._header_bytes is None:
            self.transport.abort()
        else:
            detail = f"the headers must come within {self._idle_s:g} s"
            self._refuse(408, "slow-headers", "Slow headers", detail)

    def _refuse(
        self, status: int, slug: str, title: str, detail: str, more_headers: str = ""
    ) -> None:
        body = json.dumps({"type": slug, "title": title, "status": status, "detail": detail})
        head = (
            "content-type: application/problem+json\r\n"
            f"content-length: {len(body)}\r\n{more_headers}connection: close\r\n\r\n"
        )
        self.transport.write(STATUS_LINE[status] + (head + body).encode())
        self.transport.close()
