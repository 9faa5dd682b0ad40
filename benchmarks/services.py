"""Real services and callers, in processes of their own."""

from __future__ import annotations

import io
import itertools
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Self
from urllib.error import URLError
from urllib.request import urlopen

from open_loop import Call
from PIL import Image

_SAMPLE = Path(__file__).parents[1] / "samples" / "miramar"
_BOUNDARY = "photos"
_START_LIMIT_S = 120
_STOP_LIMIT_S = 60


@contextmanager
def running(
    name: str, port: int, cores: Sequence[int] = (), settings: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a service on loopback until the block ends.

    Args:
        name: `tagger`, `aesthetic` or `gallery`.
        port: Where it listens.
        cores: The cores that it may use; all where empty.
        settings: Its environment, beside that of this process.
    """
    command = [*_on(cores), sys.executable, "-m", "stayrank_cli.main", "serve", name]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--log-level", "warning"],
        env={**os.environ, **(settings or {})},
    )
    try:
        _wait_until_ready(process, port)
        yield process
    finally:
        process.terminate()
        process.wait(_STOP_LIMIT_S)


@dataclass(frozen=True)
class Calling:
    """Calls that are being made.

    Args:
        process: Makes them.
        told: Will hold what became of them.
    """

    process: subprocess.Popen[bytes]
    told: Path

    def wait(self) -> list[Call]:
        """Wait until all are answered."""
        try:
            code = self.process.wait()
        except KeyboardInterrupt:
            self.process.kill()
            raise
        if code:
            raise RuntimeError(f"the generator stopped with {code}")
        return [Call(*call) for call in json.loads(self.told.read_bytes())]


class Generator:
    """Calls of one kind to one service, from a process of its own.

    Args:
        url: Where they go.
        body: A form, as `form_of` makes it.
        cores: The cores that it may use; all where empty.
    """

    def __init__(self, url: str, body: bytes, cores: Sequence[int] = ()) -> None:
        self._on, self._url, self._content = _on(cores), url, body

    def __enter__(self) -> Self:
        self._folder = mkdtemp()
        self._numbers = itertools.count()
        self._body = Path(self._folder) / "body"
        self._body.write_bytes(self._content)
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder)

    def start(self, **load: float) -> Calling:
        """Begin to make calls at a `rate`, or by so many `callers`; for `seconds`, or `calls`."""
        told = Path(self._folder) / f"{next(self._numbers)}.json"  # a pipe would fill
        script = str(Path(__file__).with_name("open_loop.py"))
        where = [self._url, str(self._body), f"multipart/form-data; boundary={_BOUNDARY}"]
        options = [f"--{name}={value}" for name, value in load.items()]
        command = [*self._on, sys.executable, script, *where, *options]
        with told.open("wb") as out:
            return Calling(subprocess.Popen(command, stdout=out), told)

    def calls(self, **load: float) -> list[Call]:
        """Make calls, and wait until all are answered."""
        return self.start(**load).wait()


def form_of(photos: int, pixels: int = 512) -> bytes:
    """A form with sample photos; of 512 pixels they have about 40 KB each."""
    files = sorted(_SAMPLE.glob("*.jpg"))
    parts = []
    for number in range(photos):
        content = io.BytesIO()
        with Image.open(files[number % len(files)]) as image:
            image.thumbnail((pixels, pixels))
            image.save(content, "JPEG", quality=85)
        head = f'Content-Disposition: form-data; name="files"; filename="{number}.jpg"'
        parts.append(f"--{_BOUNDARY}\r\n{head}\r\n\r\n".encode() + content.getvalue() + b"\r\n")
    return b"".join(parts) + f"--{_BOUNDARY}--\r\n".encode()


def memory_mib(process: subprocess.Popen[bytes], field: str = "VmRSS") -> float:
    """The resident memory of a process and its children, in MiB (`VmHWM`: the most of each)."""
    folder = Path(f"/proc/{process.pid}")
    # Each thread has children of its own.
    children = " ".join(f.read_text() for f in folder.glob("task/*/children")).split()
    statuses = [folder / "status", *(Path(f"/proc/{pid}/status") for pid in children)]
    lines = [line for status in statuses for line in status.read_text().splitlines()]
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))


def loop_s(process: subprocess.Popen[bytes]) -> float:
    """Seconds that the first thread of a process, a service's event loop, had of a processor."""
    told = Path(f"/proc/{process.pid}/task/{process.pid}/schedstat").read_text()
    return int(told.split()[0]) / 1e9


def _on(cores: Sequence[int]) -> list[str]:
    return ["taskset", "-c", ",".join(map(str, cores))] if cores else []


def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _START_LIMIT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"port {port}: the service did not become ready")
