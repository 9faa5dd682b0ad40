"""The body of a request, bounded in bytes and in time; and bodies that FastAPI parses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, ClassVar

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic_core import from_json
from starlette.requests import ClientDisconnect

from stayrank_common.errors import (
    BodyTooLargeError,
    MalformedRequestError,
    SlowBodyError,
    UnsupportedMediaTypeError,
)
from stayrank_common.settings import ServiceSettings
from stayrank_common.web.buffers import Buffer

_PLAIN = {"", "identity", "chunked"}
_VALUES, _VALUES_A_PHOTO = 10_000, 100  # of JSON; a scored photo has 66


async def body_of(request: Request, limit: int) -> AsyncIterator[bytes]:
    """The body as it comes in.

    Raises:
        UnsupportedMediaTypeError: It is compressed: megabytes could unpack to gigabytes.
        BodyTooLargeError: It has more than `limit` bytes; no more of it is read.
        SlowBodyError: It comes too slowly, or not at all.
        MalformedRequestError: The client goes away before its end.
    """
    _refuse_codings(request)
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and (len(declared) > 18 or int(declared) > limit):
        raise BodyTooLargeError(limit)
    size = 0
    async for chunk in _in_time(request):
        size += len(chunk)
        if size > limit:
            raise BodyTooLargeError(limit)
        yield chunk


async def whole_body_of(request: Request, limit: int) -> bytes:
    """The body in one piece; see `body_of`."""
    buffer = Buffer()
    async for chunk in body_of(request, limit):
        buffer.add(chunk)
    return await buffer.take()


def check_values(body: bytes, max_photos: int) -> None:
    """Look at JSON before it is parsed: a value takes many times its bytes, a wrong one an error.

    Raises:
        MalformedRequestError: It has more values than what can be said of so many photos.
    """
    most = _VALUES + _VALUES_A_PHOTO * max_photos
    if sum(map(body.count, (b",", b"[", b"{"))) > most:
        raise MalformedRequestError(f"the body has more than {most:,} values")


class _Parsed(Request):
    """A request whose JSON has been parsed: Python's parser takes text that no answer can hold."""

    parsed: Any

    async def json(self) -> Any:  # noqa: ANN401 - any JSON
        return self.parsed


class CappedRoute(APIRoute):
    """A route whose JSON body may not be larger than what is said of all photos.

    Raises:
        RequestError: It is, or cannot be received; see `body_of`.
    """

    # Five times what embedding, tags and distribution take.
    bytes_a_photo: ClassVar[int] = 32 * 1024

    @staticmethod
    def most_photos(settings: ServiceSettings) -> int:
        """Of how many photos a body may tell."""
        return settings.max_photos

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Read the body before FastAPI does, which would read on without end."""
        handle = super().get_route_handler()

        async def handle_capped(request: Request) -> Response:
            settings: ServiceSettings = request.app.state.settings
            photos = self.most_photos(settings)
            limit = min(settings.max_body_bytes, photos * self.bytes_a_photo)
            body = await whole_body_of(request, limit)
            check_values(body, photos)

            async def receive() -> dict[str, Any]:
                return {"type": "http.request", "body": body, "more_body": False}

            read = _Parsed(request.scope, receive)
            try:
                read.parsed = from_json(body)
            except ValueError as error:
                raise MalformedRequestError(f"body: not JSON: {error}") from error
            return await handle(read)

        return handle_capped


def _refuse_codings(request: Request) -> None:
    for header in ("content-encoding", "transfer-encoding"):
        codings = ",".join(request.headers.getlist(header)).lower().split(",")
        if strange := {coding.strip() for coding in codings} - _PLAIN:
            raise UnsupportedMediaTypeError(
                f"{header}: {', '.join(sorted(strange))}; send the body as it is: photos are "
                "compressed already"
            )


async def _in_time(request: Request) -> AsyncIterator[bytes]:
    settings: ServiceSettings = request.app.state.settings
    end = asyncio.get_running_loop().time() + settings.upload_timeout_s
    stream = request.stream()
    while True:
        left_s = end - asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(min(settings.idle_timeout_s, left_s)):
                chunk = await anext(stream, None)
        except ClientDisconnect as error:
            raise MalformedRequestError("the body ends early") from error
        except TimeoutError as error:
            raise SlowBodyError(settings.upload_timeout_s, settings.idle_timeout_s) from error
        if chunk is None:
            return
        yield chunk
