"""Restarts behind a stable address, with a service that only says what it was sent.

`make rolling` does the same with the three services and 20,000 calls.
"""

import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from itertools import count

import pytest
from proxy import Address
from services import Generator

from stayrank_common.health import unready

SERVICE = """
import asyncio, sys
from contextlib import asynccontextmanager
from stayrank_common.settings import ServiceSettings
from stayrank_common.web.server import serve
from stayrank_common.web.service import new_app
from stayrank_common.web.uploads import Photos

@asynccontextmanager
async def load(app):
    yield

app = new_app("Test", "Is restarted.", ServiceSettings(drain_s=float(sys.argv[2])), load)

@app.post("/count")
async def count(photos: Photos) -> int:
    await asyncio.sleep(0.01)
    return len(photos)

serve(app, "127.0.0.1", int(sys.argv[1]), log_level="warning")
"""
FORM = (
    b'--photos\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\nx\r\n'
    b"--photos--\r\n"
)


def free_ports():
    for port in count(28_000, 7):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                yield port


@contextmanager
def replica(port: int, drain_s: float):
    process = subprocess.Popen([sys.executable, "-c", SERVICE, str(port), str(drain_s)])
    try:
        for _ in range(6000):
            if unready(port) is None:
                break
            time.sleep(0.01)
        yield process
    finally:
        process.kill()
        process.wait()


def test_restarts_behind_a_stable_address_lose_no_call():
    ports = free_ports()
    statuses: Counter[int] = Counter()
    with Address(next(ports)).open() as address, replica(next(ports), 3) as first:
        url = f"http://127.0.0.1:{address.port}/count"
        old, old_port = first, int(first.args[3])
        address.add(old_port)
        with Generator(url, FORM) as generator:
            calling = generator.start(callers=3, seconds=12)
            port = next(ports)
            with replica(port, 3) as new:
                address.add(port)
                old.terminate()
                assert old.wait(60) == 0
                address.remove(old_port)
                statuses.update(call.status for call in calling.wait())
                new.terminate()
                assert new.wait(60) == 0

    assert set(statuses) == {200}
    assert statuses.total() > 50


def test_a_connection_that_is_kept_ends_with_the_first_answer_of_a_drain():
    port = next(free_ports())
    with replica(port, 60) as process, socket.create_connection(("127.0.0.1", port)) as kept:

        def ask() -> bytes:
            kept.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = b""
            while b"}" not in answer:
                answer += kept.recv(4096)
            return answer

        assert b"connection: close" not in ask()
        process.terminate()
        while unready(port) is None:
            time.sleep(0.01)
        assert b"connection: close" in ask()
        assert kept.recv(1) == b""


@pytest.mark.parametrize("drained", [False, True])
def test_a_service_that_was_told_to_stop_exits_with_zero(drained):
    port = next(free_ports())
    with replica(port, 0.5 if drained else 0) as process:
        process.terminate()
        assert process.wait(60) == 0
