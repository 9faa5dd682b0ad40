"""A glance at each call before all else: under overload, refusing must cost next to nothing.

Under ten times the load nine calls are refused for one that is answered, and what a refusal costs
is taken from the answers. The way through a task, middleware and routes to a refusal costs several
times what receiving the call does: here it is written in one piece, by the protocol, as soon as
the headers have come.
"""

# ruff: noqa: D102 - the methods are those of uvicorn

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, ClassVar, Self

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from stayrank_common.errors import BusyError, RateLimitError, UnauthorizedError
from stayrank_common.telemetry import RAW_REQUEST_ID, new_request_id, request_id_of
from stayrank_common.web.admission import Standing
from stayrank_common.web.headers import ALL as SECURITY_HEADERS
from stayrank_common.web.patience import PatientProtocol
from stayrank_common.web.problems import problem_of
from stayrank_common.web.refusals import is_small

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from fastapi import FastAPI
    from starlette.datastructures import State
    from starlette.types import Scope

    from stayrank_common.metrics import Metrics

    Header = tuple[bytes, bytes]


_AT_ONCE = 256  # refusals that are put into the metrics together: one by one costs ten times more


class GlancingProtocol(PatientProtocol):
    """Refuses what the application would refuse, and passes on the rest; `before` says for which.

    Only calls to routes that have refused one before, and only with small bodies: what needs more
    care takes the long way.
    """

    _door: ClassVar[_Door]
    _refused = False  # the request whose body is coming in

    @classmethod
    def before(cls, app: FastAPI) -> type[Self]:
        """Return the protocol for a service: uvicorn makes one a connection."""
        within = cls.within(app.state.settings)
        return type(cls.__name__, (within,), {"_door": _Door(app.state)})

    def on_headers_complete(self) -> None:
        answer = self._glance()
        self._refused = answer is not None
        if answer is None:
            super().on_headers_complete()
        else:
            self._header_bytes = None
            self.transport.write(answer)

    def on_body(self, body: bytes) -> None:
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if self._refused:
            self._unfinished = False
            self._wait(self.timeout_keep_alive)
        else:
            super().on_message_complete()

    def _glance(self) -> bytes | None:
        """The answer to a call that is refused; None where that is for the application to say."""
        refusal = self._door.refusal(self.url.partition(b"?")[0])
        if refusal is None:
            return None
        headers, call = dict(self.headers), {"headers": self.headers}
        if not (self._is_plain(headers) and is_small(headers)):
            return None
        try:
            self._door.enter(call)
        except (UnauthorizedError, RateLimitError):
            return None  # who may not call is told so, and does not count as load
        request_id = request_id_of(call) if RAW_REQUEST_ID in headers else new_request_id()
        return self._door.refuse(refusal, request_id, self.server_state.default_headers)

    def _is_plain(self, headers: Mapping[bytes, bytes]) -> bool:
        """Whether the connection is to stay, and nobody waits for an earlier answer on it."""
        # Without a word about it, the connection stays with 1.1 only; to ask the parser for the
        # version costs as much as all the rest.
        return (
            self._answered
            and not self.flow.write_paused
            and self.parser.get_method() == b"POST"
            and self.parser.should_keep_alive()
            and (b"connection" not in headers or self.parser.get_http_version() == "1.1")
            and b"upgrade" not in headers
        )


class _Door:
    """How calls are refused now: in overload thousands a second, with the same few words."""

    def __init__(self, state: State) -> None:
        self._state, self._admission = state, state.admission
        self._clock = state.admission.clock
        self.enter: Callable[[Scope], None] = state.enter
        self._standing = Standing(None)
        self._kinds = defaultdict[object, dict[bytes, _Refusal]](dict)
        self._refusals: dict[bytes, _Refusal] = {}

    def refusal(self, path: bytes) -> _Refusal | None:
        """How a call to a path is refused; None where it is not."""
        if self._clock() >= self._standing.until:
            if path.decode("latin-1") not in self._state.refusing:
                return None
            self._look_again()
        return self._refusals.get(path) or self._prepared(path)

    def refuse(self, refusal: _Refusal, request_id: str, more: Sequence[Header]) -> bytes:
        """Count a refusal; returns the whole answer."""
        self._standing.calls += 1
        return refusal.answer(request_id, more)

    def _look_again(self) -> None:
        self._standing = Standing(None) if self._state.draining else self._admission.standing()
        error = self._standing.refusal
        self._refusals = self._kinds[type(error), error and error.retry_after_s]

    def _prepared(self, path: bytes) -> _Refusal | None:
        error, name = self._standing.refusal, path.decode("latin-1")
        if error is None or name not in self._state.refusing:
            return None
        self._refusals[path] = _Refusal(name, error, self._state.metrics)
        return self._refusals[path]


class _Refusal:
    """Answers of one kind, written and counted as `Telemetry` does, but prepared once for all."""

    def __init__(self, path: str, error: BusyError, metrics: Metrics) -> None:
        answer = problem_of(error)
        answer.headers.update(SECURITY_HEADERS)
        self._start = STATUS_LINE[answer.status_code] + _lines(answer.raw_headers)
        self._end = b"\r\n\r\n" + bytes(answer.body)
        self._requests = metrics.requests.labels(path, "POST", answer.status_code)
        self._problems = metrics.problems.labels(error.slug())
        self._seconds = metrics.seconds.labels(path)
        self._more: Sequence[Header] = ()
        self._head = b""
        self._calls = 0
        metrics.before_it_tells(self._count)

    def answer(self, request_id: str, more: Sequence[Header]) -> bytes:
        """The whole answer, with the server's own headers."""
        if more is not self._more:  # they stay the same for a second
            self._head = self._start + _lines(more) + RAW_REQUEST_ID + b": "
            self._more = more
        self._calls += 1
        if self._calls >= _AT_ONCE:
            self._count()
        return self._head + request_id.encode() + self._end

    def _count(self) -> None:
        calls, self._calls = self._calls, 0
        self._requests.inc(calls)
        self._problems.inc(calls)
        for _ in range(calls):
            self._seconds.observe(0)


def _lines(headers: Iterable[Header]) -> bytes:
    return b"".join(b"%b: %b\r\n" % header for header in headers)
