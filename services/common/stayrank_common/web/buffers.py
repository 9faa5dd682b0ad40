"""Bytes as they come in."""

from __future__ import annotations

import asyncio

_PIECE = 256 * 1024
_LARGE = 2**20  # from here on Python joins bytes without its lock; below, a thread is not worth it


class Buffer:
    """Gathers bytes in pieces of some size, however small those that come.

    Single bytes kept as they come would take forty times their size.
    """

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._tail = bytearray()
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, data: bytes) -> None:
        """Take in what came next."""
        self._size += len(data)
        self._tail += data
        if len(self._tail) >= _PIECE:
            self._pieces.append(bytes(self._tail))
            self._tail.clear()

    def clear(self) -> None:
        """Let go of everything."""
        self._pieces.clear()
        self._tail.clear()
        self._size = 0

    async def take(self) -> bytes:
        """Hand over everything, in one piece; large ones are joined beside the event loop."""
        pieces = [*self._pieces, bytes(self._tail)]
        large = self._size >= _LARGE
        self.clear()
        return await asyncio.to_thread(b"".join, pieces) if large else b"".join(pieces)
