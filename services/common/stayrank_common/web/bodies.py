"""Bodies that FastAPI parses, with a bound on their size."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, ClassVar

from fastapi import Request, Response
from fastapi.routing import APIRoute

from stayrank_common.settings import ServiceSettings
from stayrank_common.web.uploads import capped


class CappedRoute(APIRoute):
    """A route whose JSON body may not be larger than what is said of all photos.

    Raises:
        BodyTooLargeError: It is; no more of it is read.
    """

    # Five times what embedding, tags and distribution take.
    bytes_a_photo: ClassVar[int] = 32 * 1024

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Read the body before FastAPI does, which would read on without end."""
        handle = super().get_route_handler()

        async def handle_capped(request: Request) -> Response:
            settings: ServiceSettings = request.app.state.settings
            limit = min(settings.max_body_bytes, settings.max_photos * self.bytes_a_photo)
            body = b"".join([chunk async for chunk in capped(request, limit)])

            async def receive() -> dict[str, Any]:
                return {"type": "http.request", "body": body, "more_body": False}

            return await handle(Request(request.scope, receive))

        return handle_capped
