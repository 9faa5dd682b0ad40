"""What a service tells about itself: Prometheus metrics and a request id for every call."""

from __future__ import annotations

import re
import time
import uuid
from contextvars import ContextVar
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID = "X-Request-ID"
_current: ContextVar[str] = ContextVar("request_id")
_SAFE_ID = re.compile(r"[\w.-]{1,128}", re.ASCII)
_METHODS = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS".split())  # noqa: SIM905
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The metrics of one application, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "http_requests",
            "Answered calls.",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "http_request_duration_seconds",
            "From the first byte of a call to the last of its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.photos = Counter(
            "photos", "Photos by what became of them.", ("result",), registry=self.registry
        )
        self.waiting = Gauge(
            "photos_waiting", "Photos accepted and not yet answered.", registry=self.registry
        )


class Telemetry:
    """ASGI middleware: measures each call, and gives it the caller's request id or a new one.

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
        request_id = _request_id(scope)
        _current.set(request_id)
        status = 500
        start = time.perf_counter()

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"].append((REQUEST_ID.lower().encode(), request_id.encode()))
            await send(message)

        try:
            await self._app(scope, receive, observed)
        finally:
            # Unknown paths and methods share a label, so that a scanner cannot grow the metrics.
            route = getattr(scope.get("route"), "path", "unknown")
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.requests.labels(route, method, status).inc()
            self._metrics.seconds.labels(route).observe(time.perf_counter() - start)


def current_request_id() -> str:
    """Return the id of the call that is being answered, or a new one outside of any."""
    return _current.get(None) or uuid.uuid4().hex


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == REQUEST_ID.lower().encode():
            text = value.decode("latin-1")
            if _SAFE_ID.fullmatch(text):
                return str(text)
    return uuid.uuid4().hex
