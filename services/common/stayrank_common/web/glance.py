"""A glance at each call before all else: under overload, refusing must cost next to nothing.

Under ten times the load nine calls are refused for one that is answered, and what a refusal costs
is taken from the answers. The way through middleware and routes to a refusal costs several times
what receiving the call does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stayrank_common.errors import BusyError
from stayrank_common.telemetry import REQUEST_ID, request_id_of
from stayrank_common.web.headers import ALL as SECURITY_HEADERS
from stayrank_common.web.problems import problem_of
from stayrank_common.web.refusals import is_small

if TYPE_CHECKING:
    from fastapi import FastAPI
    from prometheus_client import Counter, Histogram
    from starlette.types import Receive, Scope, Send

    from stayrank_common.metrics import Metrics


class Glance:
    """ASGI application: refuses what the application in it would refuse, and passes on the rest.

    Only calls to routes that have refused one before, and only with small bodies: what needs more
    care takes the long way.

    Args:
        app: A service.
    """

    def __init__(self, app: FastAPI) -> None:
        self.state = app.state
        self._app, self._refusing = app, app.state.refusing
        self._admission = app.state.admission
        self._count = _Counter(app.state.metrics)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call; see the ASGI specification."""
        if (
            scope["type"] == "http"
            and scope["path"] in self._refusing
            and scope["method"] == "POST"
            and is_small(scope)
        ):
            try:
                self._admission.check(1)
            except BusyError as error:
                status, headers, body = _answer(error)
                self._count(scope["path"], status, error.slug())
                own = (REQUEST_ID.lower().encode(), request_id_of(scope).encode())
                start = {"type": "http.response.start", "status": status}
                await send({**start, "headers": [*headers, own]})
                await send({"type": "http.response.body", "body": body})
                return
        await self._app(scope, receive, send)


def _answer(error: BusyError) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    answer = problem_of(error)
    answer.headers.update(SECURITY_HEADERS)
    return answer.status_code, answer.raw_headers, bytes(answer.body)


class _Counter:
    """Counts as `Telemetry` does; looking labels up costs more than counting."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._counters: dict[tuple[str, str], tuple[Counter, Counter, Histogram]] = {}

    def __call__(self, path: str, status: int, slug: str) -> None:
        if (path, slug) not in self._counters:
            self._counters[path, slug] = (
                self._metrics.requests.labels(path, "POST", status),
                self._metrics.problems.labels(slug),
                self._metrics.seconds.labels(path),
            )
        requests, problems, seconds = self._counters[path, slug]
        requests.inc()
        problems.inc()
        seconds.observe(0)
