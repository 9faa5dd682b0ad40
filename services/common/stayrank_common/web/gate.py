"""Where calls with photos come in: what cannot be done in time is refused before it is read."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from stayrank_common.deadlines import REQUEST_TIMEOUT, due_in
from stayrank_common.errors import BusyError, MalformedRequestError, StayRankError
from stayrank_common.web.problems import problem_of
from stayrank_common.web.refusals import Unread

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from stayrank_common.web.admission import Admission

GONE = 499  # nginx's status for a client that did not wait; nobody ever receives it
_MILLISECONDS = re.compile(r"[0-9]{1,9}", re.ASCII)

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Glance:
    """ASGI middleware: refuses what would be refused anyway, as cheaply as can be.

    Under ten times the load nine calls are refused for one that is answered: what a refusal costs
    is taken from the answers. The way to a route costs as much again as all else, so that routes
    which have refused a call once are known here from then on.

    Args:
        app: What it wraps.
        admission: The queue.
        refusing: The routes that have refused a call, by path; they enter themselves.
    """

    def __init__(self, app: ASGIApp, admission: Admission, refusing: dict[str, APIRoute]) -> None:
        self._app, self._admission, self._refusing = app, admission, refusing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call; see the ASGI specification."""
        route = self._refusing.get(scope["path"]) if scope["type"] == "http" else None
        if route is None or scope["method"] not in route.methods:
            await self._app(scope, receive, send)
            return
        try:
            self._admission.check(1)
        except BusyError as error:
            scope["route"] = route  # for the metrics
            await Unread(problem_of(error))(scope, receive, send)
            return
        await self._app(scope, receive, send)


class PhotoRoute(APIRoute):
    """A route that takes photos: it has a deadline, a place in the queue, and a caller who waits.

    Work ends once the caller has gone away.
    """

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
                except StayRankError as error:
                    request.app.state.refusing[request.scope["path"]] = self
                    return Unread(problem_of(error))
                return await _while_there(handle, request)

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


async def _while_there(handle: Handler, request: Request) -> Response:
    complete = asyncio.Event()

    async def receive() -> Any:  # noqa: ANN401 - an ASGI message
        message = await request.receive()
        if not message.get("more_body"):
            complete.set()
        return message

    work = asyncio.ensure_future(handle(Request(request.scope, receive)))

    async def watch() -> None:
        await complete.wait()
        await request.receive()  # after the body nothing comes but the end of the connection
        work.cancel()

    watcher = asyncio.create_task(watch())
    try:
        return await work
    except asyncio.CancelledError:
        if not watcher.done():  # it is the service that ends
            raise
        return Response(status_code=GONE)
    finally:
        watcher.cancel()
