"""A glance at each call before all else: under overload, refusing must cost next to nothing.

Under ten times the load nine calls are refused for one that is answered, and what a refusal costs
is taken from the answers. The way through a task, middleware and routes to a refusal costs several
times what receiving the call does: here it is written in one piece, by the protocol, as soon as
the headers have come.
"""

# ruff: noqa: D102 - the methods are those of uvicorn

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Self

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from stayrank_common.errors import BusyError, RateLimitError, UnauthorizedError
from stayrank_common.telemetry import REQUEST_ID, request_id_of
from stayrank_common.web.headers import ALL as SECURITY_HEADERS
from stayrank_common.web.patience import PatientProtocol
from stayrank_common.web.problems import problem_of, status_of
from stayrank_common.web.refusals import is_small

if TYPE_CHECKING:
    from fastapi import FastAPI
    from prometheus_client import Counter, Histogram
    from starlette.datastructures import State

    from stayrank_common.metrics import Metrics


class GlancingProtocol(PatientProtocol):
    """Refuses what the application would refuse, and passes on the rest; `before` says for which.

    Only calls to routes that have refused one before, and only with small bodies: what needs more
    care takes the long way.
    """

    _state: ClassVar[State]
    _count: ClassVar[_Counter]

    @classmethod
    def before(cls, app: FastAPI) -> type[Self]:
        """Return the protocol for a service: uvicorn makes one a connection."""
        protocol = cls.within(app.state.settings)
        protocol._state, protocol._count = app.state, _Counter(app.state.metrics)
        return protocol

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._refused = False

    def on_headers_complete(self) -> None:
        answer = self._glance()
        self._refused = answer is not None
        if answer is None:
            super().on_headers_complete()
        else:
            self._headers_came()
            self.transport.write(answer)

    def on_body(self, body: bytes) -> None:
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if self._refused:
            self._unfinished = False
            self._rest()
        else:
            super().on_message_complete()

    def _glance(self) -> bytes | None:
        """The answer to a call that is refused; None where that is for the application to say."""
        path = self.url.partition(b"?")[0].decode("latin-1")
        if not (
            path in self._state.refusing
            and self.parser.get_method() == b"POST"
            and self._is_plain()
            and is_small(self.scope)
        ):
            return None
        refusal = self._state.admission.refusal(1)
        if refusal is None:
            return None
        try:
            self._state.enter(self.scope)
        except (UnauthorizedError, RateLimitError):
            return None  # who may not call is told so, and does not count as load
        self._state.admission.refused(refusal)
        self._count(path, refusal)
        head, body = _answer(type(refusal), refusal.retry_after_s)
        own = (REQUEST_ID.lower().encode(), request_id_of(self.scope).encode())
        return head + _lines([*self.server_state.default_headers, own]) + b"\r\n" + body

    def _is_plain(self) -> bool:
        """Whether the connection is to stay, and nobody waits for an earlier answer on it."""
        return (
            self._answered
            and not self.flow.write_paused
            and not self._state.draining
            and self.parser.get_http_version() == "1.1"
            and self.parser.should_keep_alive()
        )


@lru_cache(256)
def _answer(kind: type[BusyError], retry_after_s: int) -> tuple[bytes, bytes]:
    """Status line and most headers; and the body."""
    answer = problem_of(kind(retry_after_s))
    answer.headers.update(SECURITY_HEADERS)
    return STATUS_LINE[answer.status_code] + _lines(answer.raw_headers), bytes(answer.body)


def _lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"".join(b"%b: %b\r\n" % header for header in headers)


class _Counter:
    """Counts as `Telemetry` does; looking labels up costs more than counting."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._counters: dict[tuple[str, str], tuple[Counter, Counter, Histogram]] = {}

    def __call__(self, path: str, refusal: BusyError) -> None:
        kind = (path, refusal.slug())
        if kind not in self._counters:
            self._counters[kind] = (
                self._metrics.requests.labels(path, "POST", status_of(type(refusal))),
                self._metrics.problems.labels(refusal.slug()),
                self._metrics.seconds.labels(path),
            )
        requests, problems, seconds = self._counters[kind]
        requests.inc()
        problems.inc()
        seconds.observe(0)
