"""Answers that are given before the body has been read."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from fastapi import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Message, Receive, Scope, Send

_UNSURE = frozenset({b"expect", b"transfer-encoding"})
_SMALL = 2**20  # bytes that are sooner read and forgotten than a new connection is opened
_LINGER_S = 10


def is_small(headers: Mapping[bytes, bytes]) -> bool:
    """Whether the body of a call is on its way, and soon here."""
    size = int(headers.get(b"content-length", 0))  # the server has checked it
    return size <= _SMALL and _UNSURE.isdisjoint(headers)


class Unread(Response):
    """An answer whose caller may still be sending.

    Closing a connection while bytes still arrive resets it, and the other end's kernel drops what
    it has received: the answer would be lost. The server reads small bodies to their end, and the
    connection stays. After a large one it is closed, but not before the caller had time to read.

    Args:
        answer: The answer itself.
    """

    def __init__(self, answer: Response) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; see the ASGI specification."""
        if is_small(dict(scope["headers"])):
            await self._answer(scope, receive, send)
            return
        self._answer.headers["Connection"] = "close"
        if any(name == b"expect" for name, _ in scope["headers"]):  # it waits for our word
            await self._answer(scope, receive, send)
            return

        async def hold(message: Message) -> None:
            """Send the whole answer, but do not yet call it complete."""
            if message["type"] == "http.response.body":
                message = {**message, "more_body": True}
            await send(message)

        await self._answer(scope, receive, hold)
        try:
            async with asyncio.timeout(_LINGER_S):
                while (await receive()).get("more_body"):
                    pass
        except TimeoutError:
            pass  # it had its time
        await send({"type": "http.response.body", "body": b"", "more_body": False})
