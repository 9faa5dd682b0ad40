"""What a browser may do with our answers: nothing, but where a page says otherwise.

No answer allows another origin to read it (CORS): a browser keeps it from other sites.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.datastructures import MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

CSP: Final = "Content-Security-Policy"
# Swagger UI starts itself by a line of script, and styles itself.
_DOCUMENTATION = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'"
)
_DOCUMENTATION_PATH = "/docs"
ALL: Final = {
    CSP: "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class SecurityHeaders:
    """ASGI middleware: adds the headers to every answer; what a page sets itself stays.

    Args:
        app: What it wraps.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call; see the ASGI specification."""
        documentation = scope.get("path") == _DOCUMENTATION_PATH

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if documentation:
                    headers.setdefault(CSP, _DOCUMENTATION)
                for name, value in ALL.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, guarded)
