"""Rolling restarts under load: `python benchmarks/rolling.py [--calls 20000]`.

Each service has a stable address (`proxy.py`). While callers rank one-photo galleries over
connections that they keep, replicas are replaced in turn as Kubernetes does: a new one becomes
ready, then the old one gets SIGTERM. Nobody tries anything twice but the gallery, whose calls to
the other two may meet a connection that has just been closed. Exits 1 where a call was lost or a
service did not exit with 0.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from itertools import count, cycle
from urllib.error import HTTPError
from urllib.request import urlopen

import numpy as np
from proxy import Address
from services import Generator, form_of, running

NAMES = ("tagger", "aesthetic", "gallery")
DRAIN_S = 3


class Rolling:
    """One replica of each service, replaced one after the other.

    Args:
        port: The gallery's stable address; the next two are those of the others.
        stack: Ends what is still running.
    """

    def __init__(self, port: int, stack: ExitStack) -> None:
        self._stack, self._ports = stack, count(port + 3)
        self._addresses = {
            name: stack.enter_context(Address(port + offset).open())
            for offset, name in enumerate(("gallery", "tagger", "aesthetic"))
        }
        self._settings = {
            "GALLERY_TAGGER_URL": f"http://127.0.0.1:{port + 1}",
            "GALLERY_AESTHETIC_URL": f"http://127.0.0.1:{port + 2}",
            **{f"{name.upper()}_DRAIN_S": str(DRAIN_S) for name in NAMES},
        }
        self._replicas: dict[str, tuple[int, subprocess.Popen[bytes]]] = {}
        self.restarts: Counter[str] = Counter()
        self.exit_codes: Counter[int] = Counter()
        self.unready_ms: list[float] = []
        for name in NAMES:
            self._start(name)

    def replace(self, name: str) -> None:
        """Start another replica of a service, then stop the one that there was."""
        port, old = self._replicas[name]
        self._start(name)
        old.terminate()
        self.unready_ms.append(_unready_ms(port))
        self.exit_codes[old.wait(60)] += 1
        self._addresses[name].remove(port)
        self.restarts[name] += 1

    def _start(self, name: str) -> None:
        port = next(self._ports)
        replica = self._stack.enter_context(running(name, port, settings=self._settings))
        self._addresses[name].add(port)
        self._replicas[name] = port, replica


def _unready_ms(port: int) -> float:
    """Milliseconds until `/readyz` says 503."""
    start = time.perf_counter()
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                pass
        except HTTPError as error:
            with error:
                return 1000 * (time.perf_counter() - start)


def main() -> int:
    """Restart until all calls are made; print what was lost."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--callers", type=int, default=3)
    parser.add_argument("--port", type=int, default=18720)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with ExitStack() as stack:
        rolling = Rolling(given.port, stack)
        url = f"http://127.0.0.1:{given.port}/rank-gallery"
        generator = stack.enter_context(Generator(url, form_of(1)))
        load = generator.start(callers=given.callers, calls=given.calls)
        for name in cycle(NAMES):
            if load.process.poll() is not None and rolling.restarts.total() >= len(NAMES):
                break
            rolling.replace(name)
        calls = load.wait()
    statuses = Counter(call.status for call in calls)
    lost = len(calls) - statuses[200]
    summary = {
        "calls": len(calls),
        "lost": lost,
        "statuses": dict(statuses),
        "restarts": dict(rolling.restarts),
        "exit_codes": dict(rolling.exit_codes),
        "unready_ms_max": max(rolling.unready_ms),
        "p50_ms": 1000 * float(np.median([call.seconds for call in calls])),
        "max_ms": 1000 * max(call.seconds for call in calls),
    }
    if given.json:
        print(json.dumps(summary))
    else:
        for name, value in summary.items():
            print(f"{name:>15}  {value}")
    return int(bool(lost) or set(rolling.exit_codes) != {0})


if __name__ == "__main__":
    sys.exit(main())
