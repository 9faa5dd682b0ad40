"""How long an upload keeps the event loop from other calls: `python benchmarks/loop_lag.py [MIB]`.

A service takes one body of 20 MiB after another, from a process of its own, in each of the three
forms. Between two turns of the loop, 1 ms apart at rest, it must not be away for 20 ms. The lag is
told in wall time and in CPU time of this process, on which other work on the machine tells little.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

from stayrank_common.settings import ServiceSettings
from stayrank_common.web.patience import PatientProtocol
from stayrank_common.web.service import new_app
from stayrank_common.web.uploads import Photos

ROUNDS = 10
TURN_S = 0.001


class Probe:
    """Notes how late the event loop comes back, in milliseconds of wall and of CPU time."""

    def __init__(self) -> None:
        self.lags: list[tuple[float, float]] = []

    async def run(self) -> None:
        """Look again and again."""
        while True:
            wall, cpu = time.perf_counter(), time.process_time()
            await asyncio.sleep(TURN_S)
            late = time.perf_counter() - wall - TURN_S
            self.lags.append((1000 * late, 1000 * min(late, time.process_time() - cpu)))


def main(mebibytes: int) -> None:
    """Measure bodies of so many MiB."""
    photo = os.urandom(mebibytes * 2**20)
    encoded = [base64.b64encode(part).decode() for part in (photo, photo[: len(photo) // 50])]
    part = b'--B\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
    form = part + photo + b"\r\n--B--\r\n"
    bodies = {
        "nothing": ("image/jpeg", b"x"),
        "one image": ("image/jpeg", photo),
        "multipart": ("multipart/form-data; boundary=B", form),
        "JSON": ("application/json", _json(encoded[:1])),
        "JSON of 50": ("application/json", _json(encoded[1:] * 50)),
    }
    probe = Probe()
    port = _serve(probe)
    print(f"{'body':>12} {'wall: p99':>10} {'largest':>8} {'CPU: p99':>10} {'largest':>8}  (ms)")
    for name, (content_type, body) in bodies.items():
        probe.lags.clear()
        _send(port, content_type, body)
        columns = [sorted(column) for column in zip(*probe.lags, strict=True)]
        (wall99, wall), (cpu99, cpu) = [(c[int(0.99 * len(c))], c[-1]) for c in columns]
        print(f"{name:>12} {wall99:10.1f} {wall:8.1f} {cpu99:10.1f} {cpu:8.1f}")


def _json(encoded: list[str]) -> bytes:
    return json.dumps({"images": [{"data": text} for text in encoded]}).encode()


def _serve(probe: Probe) -> int:
    @asynccontextmanager
    async def load(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(probe.run())
        yield
        task.cancel()

    app = new_app("Lag", "Takes photos in.", ServiceSettings(max_photo_bytes=2**28), load)

    @app.post("/take")
    async def take(photos: Photos) -> int:
        return sum(len(photo.source) for photo in photos if isinstance(photo.source, bytes))

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    config = uvicorn.Config(
        app, port=port, http=PatientProtocol.within(app.state.settings), log_level="error"
    )
    server = uvicorn.Server(config)
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.01)
    return port


_CLIENT = """
import http.client, sys
port, content_type, rounds = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
body = sys.stdin.buffer.read()
connection = http.client.HTTPConnection("127.0.0.1", port)
for _ in range(rounds):
    connection.request("POST", "/take", body, {"Content-Type": content_type})
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    answer.read()
"""


def _send(port: int, content_type: str, body: bytes) -> None:
    command = [sys.executable, "-c", _CLIENT, str(port), content_type, str(ROUNDS)]
    subprocess.run(command, input=body, check=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
