"""Where calls with photos come in: what cannot be done in time is refused before it is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from stayrank_common.deadlines import REQUEST_TIMEOUT, due_in
from stayrank_common.errors import BusyError, MalformedRequestError
from stayrank_common.web.problems import problem_of
from stayrank_common.web.refusals import Unread

_MILLISECONDS = re.compile(r"[0-9]{1,9}", re.ASCII)

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PhotoRoute(APIRoute):
    """A route that takes photos: its calls have a deadline and a place in the queue."""

    def get_route_handler(self) -> Handler:
        """Look at the queue before FastAPI looks at the request."""
        handle = super().get_route_handler()
        if self.methods == {"GET"}:  # what is only read brings no photos
            return handle

        async def handle_in_time(request: Request) -> Response:
            with ExitStack() as place:
                try:
                    place.enter_context(due_in(_stated_s(request)))
                    place.enter_context(request.app.state.admission.arrive())
                except MalformedRequestError as error:
                    return Unread(problem_of(error))
                except BusyError as error:
                    request.app.state.refusing.add(request.scope["path"])
                    return Unread(problem_of(error))
                return await handle(request)

        return handle_in_time


def _stated_s(request: Request) -> float:
    """Seconds that the caller will wait, by its own word."""
    text = request.headers.get(REQUEST_TIMEOUT)
    if text is None:
        return float("inf")
    if not _MILLISECONDS.fullmatch(text):
        raise MalformedRequestError(
            f"{REQUEST_TIMEOUT}: {text[:40]!r} is no whole number of milliseconds"
        )
    return int(text) / 1000
