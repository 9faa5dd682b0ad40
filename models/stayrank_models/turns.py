"""Turns: so many threads work at the same time, in the order in which they came."""

from __future__ import annotations

import threading
from collections import deque


class Turns:
    """A semaphore that is handed on to who has waited longest.

    `threading.Semaphore` goes to whichever thread asks first once it is free, most often the one
    that has just given it back: a call of many photos would let no other come between.

    Args:
        count: Threads that may have a turn at the same time.
    """

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: deque[threading.Lock] = deque()
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def __exit__(self, *_: object) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1
