"""Containers for real: these tests need a Docker engine and run by `make compose-test`."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples" / "miramar"
_START_LIMIT_S = 120


def _run(*command: object, **environment: str) -> str:
    """Run a command in the root of the repository; what it prints, if it succeeds."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Stack:
    """The stack of docker-compose.yml under a project name and ports of its own.

    Args:
        user: Whom the containers run as, `uid:gid`.
    """

    def __init__(self, user: str) -> None:
        self.user, self.port, self.prometheus_port = user, _free_port(), _free_port()
        plugin = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
        self._command = ["docker-compose"] if plugin.returncode else ["docker", "compose"]
        self.url = f"http://127.0.0.1:{self.port}"

    def compose(self, *arguments: str) -> str:
        return _run(
            *self._command,
            *arguments,
            COMPOSE_PROJECT_NAME="stayrank-test",
            STAYRANK_USER=self.user,
            STAYRANK_PORT=str(self.port),
            PROMETHEUS_PORT=str(self.prometheus_port),
            PROMETHEUS_IMAGE="stayrank-test-prometheus",
        )

    def container(self, service: str) -> dict[str, Any]:
        """What the engine knows about a service's container."""
        (known,) = json.loads(_run("docker", "inspect", self.compose("ps", "-q", service).strip()))
        return known

    def python(self, service: str, code: str) -> str:
        """Run Python in a service's container."""
        return self.compose("exec", "-T", service, "python", "-c", code)

    def wait(self, service: str) -> None:
        """Wait until a service is healthy."""
        deadline = time.monotonic() + _START_LIMIT_S
        while (state := self.container(service)["State"])["Health"]["Status"] != "healthy":
            assert time.monotonic() < deadline, state
            time.sleep(0.5)

    def rank(self, **options: str) -> httpx.Response:
        """Rank the sample gallery through the one published port."""
        photos = sorted(SAMPLE.glob("*.jpg"))
        files = [("files", (photo.name, photo.read_bytes())) for photo in photos]
        url = f"{self.url}/rank-gallery"
        return httpx.post(url, files=files, params=options, timeout=60, trust_env=False)


@pytest.fixture(scope="session")
def docker() -> Callable[..., str]:
    """Call Docker: `docker("run", …)`.

    Nobody runs these tests by chance, so that a machine without an engine is a failure.
    """
    if not shutil.which("docker"):
        pytest.fail("there is no `docker` here: install a Docker engine, or leave these tests out")
    known = subprocess.run(["docker", "version"], capture_output=True, text=True, check=False)
    if known.returncode:
        pytest.fail(f"no Docker engine answers: {known.stderr.strip()}")
    return lambda *arguments: _run("docker", *arguments)


@pytest.fixture(scope="session")
def images(docker) -> None:
    """The three images, built from this tree."""
    Stack("0:0").compose("build")


@pytest.fixture(scope="module", params=["shipped user", "random user"])
def stack(images, request) -> Stack:
    """The running stack, stopped cleanly afterwards."""
    uid = 10001 if request.param == "shipped user" else 100_000 + secrets.randbelow(10**9)
    stack = Stack(f"{uid}:0")
    try:
        stack.compose("up", "-d")
        stack.wait("gallery")
        yield stack
        stack.compose("stop")
        for service in ("gallery", "tagger", "aesthetic"):
            assert stack.container(service)["State"]["ExitCode"] == 0
    finally:
        stack.compose("--profile", "observability", "down", "--volumes")


@pytest.fixture
def container(images) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run an image as the stack does: `container("tagger", "-e", "A=b")` → how it ended."""

    def start(service: str, *options: str) -> subprocess.CompletedProcess[str]:
        command = ["docker", "run", "--rm", "--read-only", "--tmpfs=/tmp", "--user=4321:0"]
        return subprocess.run(
            [*command, *options, f"stayrank-{service}"],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return start
