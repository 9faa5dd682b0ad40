"""Whether a service stays as it is over many calls: `python benchmarks/soak.py [--calls 200000]`.

Callers tag small photos, one a call, every thousandth of them no photo at all; in twenty rounds,
after each of which memory, descriptors, threads and the latency of the round are noted. The first
quarter is left out: allocators and caches find their size. What then grows is told as a slope
(Theil and Sen: the median of the slopes between any two rounds, on which single outliers tell
nothing) a 100,000 calls. Latency drifts with the machine: at the end, calls go by turns to the
service and to one that has just started, and what counts is how many times as long its own take.
Exits 1 where something grew. Ctrl-C and SIGTERM end it early; it tells what it knows by then. It
takes as long as the calls take: 16 minutes where 200 a second are tagged.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from statistics import median

import numpy as np
from services import Generator, form_of, memory_mib, running

ROUNDS = 20
# What may be grown by after 100,000 calls before it is growth and not noise.
LIMITS = {"mib": 1.0, "descriptors": 1.0, "threads": 1.0}
_AGED = 1.05  # times as long as of a service that has just started
_TURNS = 15


def main() -> int:
    """Call, print a line a round and the slopes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=200_000)
    parser.add_argument("--callers", type=int, default=4)
    parser.add_argument("--port", type=int, default=18760)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    calls = given.calls // ROUNDS
    rows: list[dict[str, float]] = []
    aged = None
    try:
        with running("tagger", given.port) as service:
            for row in _rounds(service, given.port, given.callers, calls):
                rows.append(row)
                if not given.json:
                    print(len(rows) * calls, _line(row), flush=True)
            aged = _aged(given.port, given.callers, calls // _TURNS)
    except KeyboardInterrupt:
        print(f"stopped in round {len(rows) + 1} of {ROUNDS}", file=sys.stderr)
    settled = rows[ROUNDS // 4 :]
    if len(settled) < 2:
        raise SystemExit("error: that was too early to tell what grows")
    slopes = {name: _slope([row[name] for row in settled]) * 1e5 / calls for name in rows[0]}
    grown = [name for name, limit in LIMITS.items() if slopes[name] > limit]
    grown += ["failed"] if any(row["failed"] for row in rows) else []
    grown += ["latency"] if aged and aged > _AGED else []
    if given.json:
        print(json.dumps({"rows": rows, "slopes": slopes, "aged": aged, "grown": grown}))
    else:
        print("a 100,000 calls:", _line(slopes))
        if aged:
            print(f"calls take {aged:.3f} times as long as of a service that has just started")
        print("what grew:", ", ".join(grown) or "nothing")
    return int(bool(grown))


def _rounds(
    service: subprocess.Popen[bytes], port: int, callers: int, count: int
) -> Iterator[dict[str, float]]:
    """What is noted after each round of so many calls."""
    with _photos(port) as photos, Generator(_url(port), form_of(0)) as nothing:
        for _ in range(ROUNDS):
            calls = photos.calls(callers=callers, calls=count)
            refused = nothing.calls(callers=1, calls=max(1, count // 1000))
            yield _state(service) | {
                "p50_ms": 1000 * float(np.median([call.seconds for call in calls])),
                "p99_ms": 1000 * float(np.percentile([call.seconds for call in calls], 99)),
                "failed": sum(call.status != 200 for call in calls)
                + sum(call.status != 422 for call in refused),
            }


def _aged(port: int, callers: int, count: int) -> float:
    """How many times as long calls take as those to a service that has just started."""
    seconds: list[list[float]] = [[], []]
    with (
        running("tagger", port + 1),
        _photos(port) as to_old,
        _photos(port + 1) as to_fresh,
    ):
        for _ in range(_TURNS):
            for generator, found in zip((to_old, to_fresh), seconds, strict=True):
                calls = generator.calls(callers=callers, calls=count)
                found.append(median(call.seconds for call in calls))
    return median(old / fresh for old, fresh in zip(*seconds, strict=True))


def _photos(port: int) -> Generator:
    return Generator(_url(port), form_of(1, pixels=96))


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}/tag"


def _state(service: subprocess.Popen[bytes]) -> dict[str, float]:
    folder = Path(f"/proc/{service.pid}")
    return {
        "mib": memory_mib(service),
        "descriptors": len(list((folder / "fd").iterdir())),
        "threads": len(list((folder / "task").iterdir())),
    }


def _slope(values: list[float]) -> float:
    pairs = combinations(enumerate(values), 2)
    return median((b - a) / (j - i) for (i, a), (j, b) in pairs)


def _line(row: dict[str, float]) -> str:
    return "  ".join(f"{name} {value:.2f}" for name, value in row.items())


if __name__ == "__main__":
    sys.exit(main())
