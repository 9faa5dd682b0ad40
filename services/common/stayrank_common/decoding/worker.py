"""A process that decodes photos and does nothing else: `python -m … FD MAX_PIXELS MEMORY SECONDS`.

It may be killed by any photo, and taken over by one: it holds no secret, can write no file, has
little memory, and its master checks what it says. It ends when its master does, since the socket
between them then ends; in the middle of a photo, when its time is up.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from socket import socket
from typing import Any

import numpy as np
from PIL import AvifImagePlugin

from stayrank_common.decoding.pixels import Photo, PhotoLimits, Wanted, decode
from stayrank_common.decoding.wire import (
    MAX_DETAIL,
    receive_header,
    receive_into,
    send,
)
from stayrank_common.errors import OversizedPhotoError, PhotoError

Decode = Callable[[bytes, Wanted, PhotoLimits], Photo]


def main(decoding: Decode = decode) -> None:
    """Serve the master at the other end of the socket `FD`, until it hangs up.

    Args:
        decoding: What decodes.
    """
    descriptor, max_pixels, memory, seconds = sys.argv[1:]
    for number in (signal.SIGINT, signal.SIGTERM):  # meant for the master, who hangs up in time
        signal.signal(number, signal.SIG_IGN)
    _confine(int(memory))
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # there is a worker a core
    limits = PhotoLimits(max_pixels=int(max_pixels))
    with socket(fileno=int(descriptor)) as channel, contextlib.suppress(EOFError, OSError):
        send(channel, {})  # all is imported
        while True:
            header, length = receive_header(channel, sys.maxsize)
            data = bytearray(length)
            receive_into(channel, memoryview(data))
            # Of the processor, so that a busy machine costs no photo; its signal ends the process.
            signal.setitimer(signal.ITIMER_PROF, float(seconds))
            told, pixels = _answer(bytes(data), header, limits, decoding)
            signal.setitimer(signal.ITIMER_PROF, 0)
            send(channel, told, pixels)


def _answer(
    data: bytes, header: bytes, limits: PhotoLimits, decoding: Decode
) -> tuple[dict[str, Any], bytes | memoryview]:
    job = json.loads(header)
    size = job["size"] if isinstance(job["size"], int) else tuple(job["size"])
    wanted = Wanted(size, job["interpolation"])
    try:
        photo = decoding(data, wanted, limits)
    except OversizedPhotoError as error:
        return {"error": "oversized", "pixels": error.actual}, b""
    except PhotoError as error:
        # Rubbish from the photo may stand in it.
        detail = str(error).encode("ascii", "backslashreplace").decode()[:MAX_DETAIL]
        return {"error": "undecodable", "detail": detail}, b""
    except MemoryError:
        return {"error": "undecodable", "detail": "it takes more memory than a photo may"}, b""
    rows, columns, _ = photo.pixels.shape
    told = {
        "width": photo.width,
        "height": photo.height,
        "warnings": photo.warnings,
        "rows": rows,
        "columns": columns,
    }
    return told, np.ascontiguousarray(photo.pixels).reshape(-1).data


def _confine(memory: int) -> None:
    """Allow `memory` bytes more than are in use, and no file; be the first to go where it is short.

    Only Linux bounds the memory of a process.
    """
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        most = pages * resource.getpagesize() + memory
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    with Path(os.devnull).open("rb+", buffering=0) as nowhere:
        os.dup2(nowhere.fileno(), 2)  # libraries print there what stands in the photo
    for limited in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE):
        resource.setrlimit(limited, (0, 0))


if __name__ == "__main__":
    main()
