"""Frames between a service and its workers: a small JSON header, and bytes as they are.

    !IQ  length of the header, length of the body
    header, body

What a worker says is as little to be trusted as the photo that it read: lengths are checked before
anything is reserved, and headers before anything is believed (`Answer`).
"""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Mapping
from socket import SO_SNDBUF, SOL_SOCKET, socket, socketpair
from typing import Any

_PREFIX = struct.Struct("!IQ")
MAX_HEADER_BYTES = 4096
MAX_DETAIL = 400  # characters of a reason; ASCII, in JSON at most six bytes each
FOREVER = float("inf")
_BUFFER_BYTES = 2**20  # as much of it as the system allows: a photo, and its pixels, in one piece


class FrameError(Exception):
    """What came is not what was agreed."""


def channel_pair() -> tuple[socket, socket]:
    """Two ends of a channel that takes in most photos at once."""
    ends = socketpair()
    for end in ends:
        end.setsockopt(SOL_SOCKET, SO_SNDBUF, _BUFFER_BYTES)
    return ends


def send(
    channel: socket,
    header: Mapping[str, Any],
    body: bytes | memoryview = b"",
    patience_s: float = 0,
) -> None:
    """Send a frame.

    Args:
        channel: Where to.
        header: What JSON can hold.
        body: Bytes.
        patience_s: Seconds until it must be sent; 0 waits for ever.

    Raises:
        OSError: The other side is gone, or does not read in time (`TimeoutError`).
    """
    text = json.dumps(header).encode()
    start = _PREFIX.pack(len(text), len(body)) + text
    channel.settimeout(patience_s or None)
    sent = channel.sendmsg([start, body])  # at once: each piece would wake the other side
    for piece in (start, body):
        if sent < len(piece):
            channel.sendall(memoryview(piece)[sent:])
        sent = max(0, sent - len(piece))


def receive_header(channel: socket, max_body: int, deadline: float = FOREVER) -> tuple[bytes, int]:
    """Receive all of a frame but its body.

    Returns:
        The header as it came, and the length of the body.

    Raises:
        FrameError: It is longer than agreed.
        EOFError: It ends too early.
        OSError: The other side is gone, or late (`TimeoutError`).
    """
    prefix = bytearray(_PREFIX.size)
    receive_into(channel, memoryview(prefix), deadline)
    header_length, body_length = _PREFIX.unpack(prefix)
    if header_length > MAX_HEADER_BYTES or body_length > max_body:
        raise FrameError("longer than agreed")
    header = bytearray(header_length)
    receive_into(channel, memoryview(header), deadline)
    return bytes(header), body_length


def receive_into(channel: socket, buffer: memoryview, deadline: float = FOREVER) -> None:
    """Fill a buffer.

    Args:
        channel: Where from.
        buffer: Of bytes.
        deadline: Of `time.monotonic`.

    Raises:
        EOFError: The other side said less.
        OSError: The other side is gone, or late (`TimeoutError`).
    """
    while buffer:
        if deadline != FOREVER:
            channel.settimeout(max(0.001, deadline - time.monotonic()))
        count = channel.recv_into(buffer)
        if not count:
            raise EOFError("the other side has gone")
        buffer = buffer[count:]
