"""What a service does under more work than it can do: `python benchmarks/overload.py [SERVICE]`.

Finds the capacity with callers that wait for their answers, then offers half of it, 1, 2 and 10
times as much with callers that do not, and half of it again to see how soon all is well: from when
on, for three seconds, 95 % of the calls are answered within 1.5 times what 99 % of them took under
half the load before. Both rows of half the load are shown. Services and generator have cores of
their own where the machine has two or more, as the line above the table says.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass

import numpy as np
from open_loop import Call
from services import Generator, form_of, memory_mib, running

PATHS = {"tagger": "/tag", "aesthetic": "/aesthetic", "gallery": "/rank-gallery"}
REFUSED = {429, 503}
_SETTLED_S = 5
_AFTER_S = 15
_AS_WELL = 1.5  # times the p99 of half the load before the overload


@dataclass
class Row:
    """One line of the table; rates are calls a second, times milliseconds.

    Args:
        load: Multiple of the capacity that was offered.
        offered: Calls that came.
        goodput: Calls that were answered with 200.
        refused: Calls that were refused.
        failed: Calls that got another answer or none; no rate but their number.
        p50: Half of the answers came sooner.
        p99: All but a hundredth came sooner.
        settled_p99: The same of calls after the first five seconds, when the burst is over.
        refusal_p99: All but a hundredth of the refusals came sooner.
        mib: Resident memory afterwards.
    """

    load: str
    offered: float
    goodput: float
    refused: float
    failed: int
    p50: float
    p99: float
    settled_p99: float
    refusal_p99: float
    mib: float

    @classmethod
    def of(cls, load: str, calls: Sequence[Call], seconds: float, mib: float) -> Row:
        """Sum up calls."""
        good = [call.seconds for call in calls if call.status == 200]
        refused = [call.seconds for call in calls if call.status in REFUSED]
        return cls(
            load,
            len(calls) / seconds,
            len(good) / seconds,
            len(refused) / seconds,
            len(calls) - len(good) - len(refused),
            _ms(good, 50),
            _ms(good, 99),
            _ms([c.seconds for c in calls if c.status == 200 and c.due >= _SETTLED_S], 99),
            _ms(refused, 99),
            mib,
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("service", nargs="?", choices=PATHS, default="tagger")
    parser.add_argument("--photos", type=int, default=1, help="Photos a call.")
    parser.add_argument("--seconds", type=float, default=60, help="Of each load.")
    parser.add_argument("--loads", type=float, nargs="*", default=[1, 2, 10], help="Beside half.")
    parser.add_argument("--port", type=int, default=18700)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    theirs, ours = (cores[:-1], cores[-1:]) if len(cores) > 1 else (cores, cores)
    with ExitStack() as stack:
        if given.service == "gallery":
            for name in ("tagger", "aesthetic"):
                port = given.port + (1 if name == "tagger" else 2)
                stack.enter_context(running(name, port, theirs))
        settings = {
            "GALLERY_TAGGER_URL": f"http://127.0.0.1:{given.port + 1}",
            "GALLERY_AESTHETIC_URL": f"http://127.0.0.1:{given.port + 2}",
        }
        service = stack.enter_context(running(given.service, given.port, theirs, settings))
        url = f"http://127.0.0.1:{given.port}{PATHS[given.service]}"
        generator = stack.enter_context(Generator(url, form_of(given.photos), ours))
        generator.calls(callers=1, seconds=5)  # the first calls are slow
        unloaded = generator.calls(callers=1, seconds=15)
        rows = [Row.of("one caller", unloaded, 15, memory_mib(service))]
        for callers in (2, 4, 8):
            found = generator.calls(callers=callers, seconds=10)
            rows.append(Row.of(f"{callers} callers", found, 10, memory_mib(service)))
        capacity = max(row.goodput for row in rows)
        for load in (0.5, *given.loads):
            found = generator.calls(rate=load * capacity, seconds=given.seconds)
            rows.append(Row.of(f"{load:g} ×", found, given.seconds, memory_mib(service)))
        limit_ms = _AS_WELL * next(row.p99 for row in rows if row.load == "0.5 ×")
        after = generator.calls(rate=0.5 * capacity, seconds=_AFTER_S)
        rows.append(Row.of("0.5 × after", after, _AFTER_S, memory_mib(service)))
        recovery = _recovery_s(after, limit_ms / 1000)
        peak = memory_mib(service, "VmHWM")
    if given.json:
        summary = {"capacity": capacity, "recovery_s": recovery, "peak_mib": peak}
        print(json.dumps({**summary, "rows": [asdict(row) for row in rows]}))
        return
    print(
        f"{given.service}, {given.photos} photos a call; service on {theirs}, generator on {ours}"
    )
    _print(rows, capacity)
    print(
        f"all is well {recovery:.1f} s after the last overload (95 % within {limit_ms:.0f} ms); "
        f"peak of memory {peak:.0f} MiB"
    )


def _recovery_s(calls: Sequence[Call], limit_s: float) -> float:
    """From when on, for three seconds, 95 % of the calls were answered in time."""
    for start in np.arange(0, _AFTER_S - 3, 0.25):
        three = [call for call in calls if start <= call.due < start + 3]
        well = [call.status == 200 and call.seconds <= limit_s for call in three]
        if three and np.mean(well) >= 0.95:
            return float(start)
    return float("inf")


def _print(rows: Iterable[Row], capacity: float) -> None:
    titles = (
        "load offered/s good/s of-peak refused/s failed p50-ms p99-ms settled-p99 refusal-p99 MiB"
    )
    print("".join(f"{title:>12}" for title in titles.split()))
    for row in rows:
        values = (
            row.load,
            f"{row.offered:.1f}",
            f"{row.goodput:.1f}",
            f"{row.goodput / capacity:.3f}",
            f"{row.refused:.1f}",
            f"{row.failed}",
            f"{row.p50:.1f}",
            f"{row.p99:.1f}",
            f"{row.settled_p99:.1f}",
            f"{row.refusal_p99:.1f}",
            f"{row.mib:.0f}",
        )
        print("".join(f"{value:>12}" for value in values))


def _ms(seconds: Sequence[float], percent: float) -> float:
    return 1000 * float(np.percentile(seconds, percent)) if seconds else 0.0


if __name__ == "__main__":
    main()
