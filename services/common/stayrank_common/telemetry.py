"""What a service tells about each call: its request id, metrics, stages, and one line of log."""

from __future__ import annotations

import logging
import random
import re
import time
from contextvars import ContextVar
from typing import TYPE_CHECKING
from urllib.parse import quote

from stayrank_common.errors import BusyError, UnreachableDeadlineError
from stayrank_common.stages import Lap, listening, totals

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from stayrank_common.metrics import Metrics

logger = logging.getLogger(__name__)

REQUEST_ID = "X-Request-ID"
RAW_REQUEST_ID = REQUEST_ID.lower().encode()  # as servers hand it on
SERVER_TIMING = "Server-Timing"
CLIENT_GONE = "client-gone"  # in the place of a problem: nobody was there to be answered
_CLIENT_GONE_STATUS = 499  # nginx's, in logs and metrics alone
_current: ContextVar[str] = ContextVar("request_id")
_numbers = random.Random()  # noqa: S311 - a name and no secret; its seed is from the system
_SAFE_ID = re.compile(r"[\w.-]{1,128}", re.ASCII)
_METHODS = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS".split())  # noqa: SIM905
# Thousands a second under overload; `Admission` tells how many.
_REFUSALS = frozenset({BusyError.slug(), UnreachableDeadlineError.slug()})
_PROBES = frozenset({"/livez", "/readyz", "/metrics"})  # asked every few seconds


class Telemetry:
    """ASGI middleware: gives each call the caller's request id or a new one, and measures it.

    Args:
        app: What it wraps.
        metrics: Where it counts.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call; see the ASGI specification."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = request_id_of(scope)
        _current.set(request_id)
        status = 500
        start = time.perf_counter()

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                timing = _server_timing(laps, time.perf_counter() - start)
                for name, value in ((REQUEST_ID, request_id), (SERVER_TIMING, timing)):
                    message["headers"].append((name.lower().encode(), value.encode()))
            await send(message)

        with listening() as laps:
            try:
                await self._app(scope, receive, observed)
            finally:
                self._tell(scope, status, time.perf_counter() - start, laps)

    def _tell(self, scope: Scope, status: int, seconds: float, laps: list[Lap]) -> None:
        said = scope.get("state", {})  # by `problems`, `uploads`, `intake` and `access`
        problem = said.get("problem", "internal" if status == 500 else None)
        if problem == CLIENT_GONE:
            status = _CLIENT_GONE_STATUS
        # Unknown paths and methods share a label, so that a scanner cannot grow the metrics.
        route = getattr(scope.get("route"), "path", "unknown")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._metrics.requests.labels(route, method, status).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        self._metrics.observe_laps(laps)
        if problem:
            self._metrics.problems.labels(problem).inc()
        quiet = problem in _REFUSALS or (route in _PROBES and status < 400)
        level = logging.DEBUG if quiet else logging.INFO
        if not logger.isEnabledFor(level):
            return
        path = quote(scope["path"])  # without the query: it is the caller's, and may be a secret
        logger.log(
            level,
            "%s %s %d in %.3f s",
            method,
            path,
            status,
            seconds,
            extra={
                "method": method,
                "path": path,
                "status": status,
                "seconds": round(seconds, 6),
                "problem": problem,
                "photos": said.get("photos"),
                "caller": getattr(said.get("caller"), "name", None),
                "stages": {stage: round(sum_s, 6) for stage, sum_s in totals(laps).items()},
            },
        )


def current_request_id() -> str:
    """Return the id of the call that is being answered, or a new one outside of any."""
    return answered_request_id() or new_request_id()


def answered_request_id() -> str | None:
    """Return the id of the call that is being answered, if one is."""
    return _current.get(None)


def _server_timing(laps: list[Lap], seconds: float) -> str:
    """The stages so far in milliseconds, as browsers show them (W3C Server Timing).

    Stages of several photos add up, so that they may exceed `total` where cores share them.
    """
    stages = {**totals(laps), "total": seconds}
    return ", ".join(f"{stage};dur={1000 * sum_s:.2f}" for stage, sum_s in stages.items())


def request_id_of(scope: Scope) -> str:
    """Return the caller's request id, or a new one."""
    for name, value in scope["headers"]:
        if name == RAW_REQUEST_ID:
            text = value.decode("latin-1")
            if _SAFE_ID.fullmatch(text):
                return str(text)
    return new_request_id()


def new_request_id() -> str:
    """Return 32 random hexadecimal digits."""
    return _numbers.getrandbits(128).to_bytes(16).hex()
