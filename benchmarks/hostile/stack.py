"""The three services, as `stayrank serve all` runs them, and what they take."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

PATHS = {"gallery": "/rank-gallery", "tagger": "/tag", "aesthetic": "/aesthetic"}


class Stack:
    """Running services.

    Args:
        process: `stayrank serve all`.
        port: Of the gallery; the others have the next two.
    """

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self._process = process
        self.addresses = {
            name: f"http://127.0.0.1:{port + offset}" for offset, name in enumerate(PATHS)
        }

    def resident_mib(self) -> dict[str, float]:
        """Memory of each service, and of the largest of its decoders, which start when needed."""
        sizes = {}
        for pid in _children(self._process.pid):
            arguments = Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").split("\0")
            name = next(name for name in PATHS if name in arguments)
            sizes[name] = _resident_mib(pid)
            sizes[f"a decoder of {name}"] = max(map(_resident_mib, _children(pid)))
        return sizes

    def deaths(self) -> Counter[str]:
        """How many decoders died since the start, by reason."""
        found: Counter[str] = Counter()
        for address in self.addresses.values():
            text = httpx.get(f"{address}/metrics").text
            for reason, count in re.findall(
                r'stayrank_decoder_deaths_total\{reason="(\w+)"\} (\S+)', text
            ):
                found[reason] += int(float(count))
        return found


@contextmanager
def running(port: int) -> Iterator[Stack]:
    """Run the services, and wait until they are ready."""
    command = [sys.executable, "-u", "-m", "stayrank_cli.main", "serve", "all"]
    with subprocess.Popen(
        [*command, "--port", str(port)], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            if not any("is ready" in line for line in process.stdout or ()):
                raise SystemExit("the services do not start")
            yield Stack(process, port)
        finally:
            process.terminate()


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text(encoding="ascii").split()]


def _resident_mib(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text("utf-8"))
    return int(found[1]) / 1024 if found else 0.0
