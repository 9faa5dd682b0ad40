"""Who may call: bearer keys in front of everything, where the operator names a file of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from stayrank_common.errors import RateLimitError, UnauthorizedError
from stayrank_common.keys import Caller, KeyRing
from stayrank_common.web.problems import problem_of, responses

if TYPE_CHECKING:
    from fastapi import FastAPI, Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from stayrank_common.settings import ServiceSettings

_HEALTH: Final = frozenset({"/livez", "/readyz"})
_METRICS: Final = frozenset({"/metrics"})
# Pages and documentation hold nothing that is not in the repository; the page asks for the key.
_SHELL: Final = frozenset({"/", "/docs", "/docs/oauth2-redirect", "/openapi.json"})
_STATIC: Final = ("/static/", "/static-offline-docs/")
_SCHEME: Final = "key"


class KeyedAccess:
    """ASGI middleware: answers 401 to calls without a known key, 429 to those of one used up.

    It leaves the caller in `request.state.caller`. Each call takes one photo of an allowance
    before its body is read; `charge` takes the others.

    Args:
        app: What it wraps.
        ring: The keys.
        open_paths: Paths that answer without a key.
    """

    def __init__(self, app: ASGIApp, ring: KeyRing, open_paths: frozenset[str]) -> None:
        self._app, self._ring, self._open_paths = app, ring, open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call; see the ASGI specification."""
        if scope["type"] != "http" or _is_open(scope["path"], self._open_paths):
            await self._app(scope, receive, send)
            return
        try:
            enter(self._ring, scope)
        except (UnauthorizedError, RateLimitError) as error:
            await problem_of(error)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def enter(ring: KeyRing, scope: Scope) -> None:
    """Leave the caller with its call, and take one photo of its allowance.

    Raises:
        UnauthorizedError: The call has no known key.
        RateLimitError: Nothing is left of its allowance.
    """
    caller = ring.find(_bearer(scope))
    if caller is None:
        raise UnauthorizedError
    scope.setdefault("state", {})["caller"] = caller
    _take(caller, 1)


def guard(app: FastAPI, settings: ServiceSettings) -> None:
    """Ask for keys where the settings name a file of them, and say so in the OpenAPI document.

    Raises:
        ConfigurationError: The file of keys cannot be used.
    """
    if settings.keys_file is None:
        return
    open_paths = _SHELL
    open_paths |= _HEALTH if settings.open_health else frozenset()
    open_paths |= _METRICS if settings.open_metrics else frozenset()
    ring = KeyRing(settings.keys_file)
    app.state.enter = partial(enter, ring)
    app.add_middleware(KeyedAccess, ring=ring, open_paths=open_paths)
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        return app.openapi_schema or _with_keys(describe(), open_paths)

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's own way of extending it


def charge(request: Request, photos: int) -> None:
    """Take all photos of a call but the first from its caller's allowance.

    Raises:
        RateLimitError: The allowance does not hold so many.
    """
    caller = getattr(request.state, "caller", None)
    if caller is not None and photos > 1:
        _take(caller, photos - 1)


def _take(caller: Caller, photos: int) -> None:
    if caller.allowance is not None and (wait_s := caller.allowance.take(photos)):
        raise RateLimitError(wait_s)


def _is_open(path: str, open_paths: frozenset[str]) -> bool:
    return path in open_paths or path.startswith(_STATIC)


def _bearer(scope: Scope) -> str:
    """The key of a call; where it brings two, neither counts."""
    given = [value for name, value in scope["headers"] if name == b"authorization"]
    scheme, _, key = (given[0] if len(given) == 1 else b"").decode("latin-1").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def _with_keys(document: dict[str, Any], open_paths: frozenset[str]) -> dict[str, Any]:
    schemes = document.setdefault("components", {}).setdefault("securitySchemes", {})
    schemes[_SCHEME] = {"type": "http", "scheme": "bearer"}
    refusals = {str(status): answer for status, answer in responses(401, 429).items()}
    for path, operations in document["paths"].items():
        if path not in open_paths:
            for operation in operations.values():
                operation["security"] = [{_SCHEME: []}]
                operation["responses"] |= refusals
    return document
