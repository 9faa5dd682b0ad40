"""Two pieces of work at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

First = TypeVar("First")
Second = TypeVar("Second")


async def both(
    first: Coroutine[Any, Any, First], second: Coroutine[Any, Any, Second]
) -> tuple[First, Second]:
    """Return two results; where one fails, give the other up and raise the error as it is.

    `asyncio.gather` lets the other go on, and `asyncio.TaskGroup` wraps the error.
    """
    tasks = asyncio.create_task(first), asyncio.create_task(second)
    try:
        one, other = await asyncio.gather(*tasks)
        return one, other
    finally:
        for task in tasks:
            task.cancel()
