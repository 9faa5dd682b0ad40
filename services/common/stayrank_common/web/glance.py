"""A glance at each call before all else: under overload, refusing must cost next to nothing.

Under ten times the load nine calls are refused for one that is answered, and what a refusal costs
is taken from the answers. The way through a task, middleware and routes to a refusal costs several
times what receiving the call does: here it is written in one piece, by the protocol, as soon as
the headers have come.
"""

# ruff: noqa: D102 - the methods are those of uvicorn

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple, Self

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from stayrank_common.errors import BusyError, RateLimitError, UnauthorizedError
from stayrank_common.telemetry import REQUEST_ID, request_id_of
from stayrank_common.web.headers import ALL as SECURITY_HEADERS
from stayrank_common.web.patience import PatientProtocol
from stayrank_common.web.problems import problem_of
from stayrank_common.web.refusals import is_small

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fastapi import FastAPI
    from prometheus_client import Counter, Histogram
    from starlette.datastructures import State
    from starlette.types import Scope

    from stayrank_common.metrics import Metrics

    Header = tuple[bytes, bytes]


class GlancingProtocol(PatientProtocol):
    """Refuses what the application would refuse, and passes on the rest; `before` says for which.

    Only calls to routes that have refused one before, and only with small bodies: what needs more
    care takes the long way.
    """

    _state: ClassVar[State]
    _refusals: ClassVar[_Refusals]
    _refused = False  # the request whose body is coming in

    @classmethod
    def before(cls, app: FastAPI) -> type[Self]:
        """Return the protocol for a service: uvicorn makes one a connection."""
        own = {"_state": app.state, "_refusals": _Refusals(app.state.metrics)}
        return type(cls.__name__, (cls.within(app.state.settings),), own)

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
        call: Scope = {"headers": self.headers}
        if not (
            path in self._state.refusing
            and self.parser.get_method() == b"POST"
            and is_small(call)
            and self._is_plain()
        ):
            return None
        refusal: BusyError | None = self._state.admission.refusal(1)
        if refusal is None:
            return None
        try:
            self._state.enter(call)
        except (UnauthorizedError, RateLimitError):
            return None  # who may not call is told so, and does not count as load
        self._state.admission.refused(refusal)
        own = (REQUEST_ID.lower().encode(), request_id_of(call).encode())
        return self._refusals.answer(path, refusal, [*self.server_state.default_headers, own])

    def _is_plain(self) -> bool:
        """Whether the connection is to stay, and nobody waits for an earlier answer on it."""
        return (
            self._answered
            and not self.flow.write_paused
            and not self._state.draining
            and self.parser.get_http_version() == "1.1"
            and self.parser.should_keep_alive()
            and not self.parser.should_upgrade()
        )


class _Refusals:
    """Refusals, written and counted as `Telemetry` does; both are prepared once for each kind."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._kinds: dict[tuple[str, type[BusyError], int], _Kind] = {}

    def answer(self, path: str, refusal: BusyError, headers: Iterable[Header]) -> bytes:
        """Count a refusal; returns the whole answer, with further headers."""
        key = (path, type(refusal), refusal.retry_after_s)
        kind = self._kinds.get(key)
        if kind is None:
            kind = self._kinds[key] = self._prepared(path, refusal)
        kind.requests.inc()
        kind.problems.inc()
        kind.seconds.observe(0)
        return kind.head + _lines(headers) + kind.tail

    def _prepared(self, path: str, refusal: BusyError) -> _Kind:
        answer = problem_of(refusal)
        answer.headers.update(SECURITY_HEADERS)
        return _Kind(
            STATUS_LINE[answer.status_code] + _lines(answer.raw_headers),
            b"\r\n" + bytes(answer.body),
            self._metrics.requests.labels(path, "POST", answer.status_code),
            self._metrics.problems.labels(refusal.slug()),
            self._metrics.seconds.labels(path),
        )


class _Kind(NamedTuple):
    head: bytes
    tail: bytes
    requests: Counter
    problems: Counter
    seconds: Histogram


def _lines(headers: Iterable[Header]) -> bytes:
    return b"".join(b"%b: %b\r\n" % header for header in headers)
