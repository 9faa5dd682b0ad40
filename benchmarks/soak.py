"""Whether a service stays as it is over many calls: `python benchmarks/soak.py [--calls 200000]`.

Callers tag small photos, one a call, every thousandth of them no photo at all; in twenty rounds,
after each of which memory, descriptors, threads and the latency of the round are noted. The first
quarter is left out: allocators and caches find their size. What then grows is told as a slope
(Theil and Sen: the median of the slopes between any two rounds, on which single outliers tell
nothing) a 100,000 calls. Exits 1 where something grew.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from statistics import median

import numpy as np
from services import Generator, form_of, memory_mib, running

ROUNDS = 20
# What may be grown by after 100,000 calls before it is growth and not noise.
LIMITS = {"mib": 1.0, "descriptors": 1.0, "threads": 1.0, "p50_ms": 0.5, "failed": 0.0}


def main() -> int:
    """Call, print a line a round and the slopes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=200_000)
    parser.add_argument("--callers", type=int, default=4)
    parser.add_argument("--port", type=int, default=18760)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    url = f"http://127.0.0.1:{given.port}/tag"
    rows = []
    with (
        running("tagger", given.port) as service,
        Generator(url, form_of(1, pixels=96)) as photos,
        Generator(url, form_of(0)) as nothing,
    ):
        for number in range(1, ROUNDS + 1):
            calls = photos.calls(callers=given.callers, calls=given.calls // ROUNDS)
            refused = nothing.calls(callers=1, calls=max(1, given.calls // ROUNDS // 1000))
            row = _state(service) | {
                "p50_ms": 1000 * float(np.median([call.seconds for call in calls])),
                "p99_ms": 1000 * float(np.percentile([call.seconds for call in calls], 99)),
                "failed": sum(call.status != 200 for call in calls)
                + sum(call.status != 422 for call in refused),
            }
            rows.append(row)
            if not given.json:
                print(number * len(calls), _line(row), flush=True)
    slopes = {
        name: _slope([row[name] for row in rows[ROUNDS // 4 :]]) * 1e5 * ROUNDS / given.calls
        for name in rows[0]
    }
    grown = [name for name, limit in LIMITS.items() if slopes[name] > limit]
    grown += ["failed"] if any(row["failed"] for row in rows) else []
    if given.json:
        print(json.dumps({"rows": rows, "slopes": slopes, "grown": grown}))
    else:
        print("a 100,000 calls:", _line(slopes))
        print("what grew:", ", ".join(grown) or "nothing")
    return int(bool(grown))


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
