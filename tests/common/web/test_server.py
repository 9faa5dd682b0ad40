import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from stayrank_common.web.service import _NICENESS

# `GET /slow` answers a while after the service was told to stop.
SERVICE = """
import asyncio, gc, os, sys
from contextlib import asynccontextmanager
from stayrank_common.errors import ArtifactError, StayRankError
from stayrank_common.settings import ServiceSettings
from stayrank_common.web.server import serve
from stayrank_common.web.service import new_app

@asynccontextmanager
async def load(app):
    if len(sys.argv) > 3:
        raise ArtifactError(sys.argv[3])
    try:
        yield
    finally:
        print("released", flush=True)

app = new_app("Test", "Is stopped.", ServiceSettings(drain_s=float(sys.argv[2])), load)

@app.get("/rank")
async def rank() -> list[int]:
    here = os.getpriority(os.PRIO_PROCESS, 0)
    there = await asyncio.to_thread(os.getpriority, os.PRIO_PROCESS, 0)
    return [here, there, gc.get_freeze_count()]

@app.get("/slow")
async def slow() -> str:
    while not app.state.draining:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.3)
    return "finished"

try:
    serve(app, "127.0.0.1", int(sys.argv[1]), log_level="warning")
except StayRankError as error:
    sys.exit(f"caught {error}")
"""


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except OSError:
        return 0, ""


def wait_for(port: int, status: int) -> bool:
    """Ask `/readyz` until it answers so; false once the port is closed again, or never opens."""
    opened = False
    for _ in range(2000):
        found, _ = get(port, "/readyz")
        if found == status:
            return True
        if opened and not found:
            return False
        opened = opened or bool(found)
        time.sleep(0.01)
    return False


@pytest.fixture
def start():
    processes = []

    def make(drain_s: float) -> tuple[subprocess.Popen, int]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, "-c", SERVICE, str(port), str(drain_s)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONWARNINGS": "default"},
        )
        processes.append(process)
        assert wait_for(port, 200)
        return process, port

    yield make
    for process in processes:
        process.kill()
        process.communicate()


def test_on_sigterm_it_is_unready_at_once_still_answers_finishes_and_stops(start):
    process, port = start(drain_s=1.5)
    with ThreadPoolExecutor() as pool:
        in_flight = pool.submit(get, port, "/slow")
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)

        assert wait_for(port, 503)
        assert get(port, "/livez")[0] == 200  # new calls are still taken
        assert in_flight.result() == (200, '"finished"')
    output, _ = process.communicate(timeout=30)
    assert output == "released\n"
    assert process.returncode == 0


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_without_a_drain_the_calls_in_flight_are_finished_all_the_same(start, stop):
    process, port = start(drain_s=0 if stop == signal.SIGTERM else 60)
    with ThreadPoolExecutor() as pool:
        in_flight = pool.submit(get, port, "/slow")
        time.sleep(0.2)
        process.send_signal(stop)

        assert in_flight.result() == (200, '"finished"')
    output, _ = process.communicate(timeout=30)
    assert output == "released\n"


def test_a_second_sigterm_ends_the_drain(start):
    process, port = start(drain_s=600)
    process.send_signal(signal.SIGTERM)
    assert wait_for(port, 503)

    process.send_signal(signal.SIGTERM)

    assert process.communicate(timeout=30)[0] == "released\n"


def test_work_gives_way_to_the_event_loop_and_what_was_loaded_is_no_garbage(start):
    _, port = start(drain_s=0)

    loop, worker, frozen = json.loads(get(port, "/rank")[1])

    assert worker == min(19, loop + _NICENESS)
    assert frozen > 10_000


def test_what_goes_wrong_at_the_start_reaches_the_caller_and_is_not_logged():
    done = subprocess.run(
        [sys.executable, "-c", SERVICE, "9", "0", "the model is gone"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "caught the model is gone\n"


def test_a_port_that_was_taken_while_the_model_was_loaded_reaches_the_caller_too():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-c", SERVICE, port, "0"],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    assert (done.returncode, done.stdout) == (1, "released\n")
    assert f"service needs 127.0.0.1:{port}: Address already in use" in done.stderr
    assert done.stderr.count("\n") == 1
