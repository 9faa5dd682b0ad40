"""What a service does under more work than it can do: `python benchmarks/overload.py [SERVICE]`.

Finds the capacity with callers that wait for their answers, then offers half of it, 1, 2 and 10
times as much with callers that do not, and half of it again to see how soon all is well: from when
on, for three seconds, 95 % of the calls are answered within 1.5 times what 99 % of them took under
half the load before. Both rows of half the load are shown. Services and generator have cores of
their own where the machine has two or more, as the line above the table says.

Machines drift, by a tenth from minute to minute. So the capacity is measured anew before and after
each load, and `of-peak` is the goodput over the mean of these two; `peak/s` is that mean.
`refusal-us` is what a refusal costs the event loop: its processor time under the load, less that
of as many answers as beside the load, over the refusals; 0 where these are too few to tell: an
answer takes about a tenth more where callers do not wait for each other, as much as three refusals.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import partial

import numpy as np
from open_loop import Call
from services import Generator, form_of, loop_s, memory_mib, running

PATHS = {"tagger": "/tag", "aesthetic": "/aesthetic", "gallery": "/rank-gallery"}
REFUSED = {429, 503}
_SETTLED_S = 5
_PEAK_S = 10
_AFTER_S = 15
_MANY = 4  # refusals for each answer
_AS_WELL = 1.5  # times the p99 of half the load before the overload


@dataclass
class Run:
    """Calls of one load.

    Args:
        calls: What became of them.
        seconds: How long they came.
        loop_s: Processor time of the event loop meanwhile.
        mib: Resident memory afterwards.
    """

    calls: Sequence[Call]
    seconds: float
    loop_s: float
    mib: float

    @property
    def good(self) -> int:
        """Calls that were answered with 200."""
        return sum(call.status == 200 for call in self.calls)

    @property
    def goodput(self) -> float:
        """The same a second."""
        return self.good / self.seconds


@dataclass
class Row:
    """One line of the table; rates are calls a second, times milliseconds.

    Args:
        load: Multiple of the capacity that was offered.
        peak: Answers to callers that wait for them, before and after.
        offered: Calls that came.
        goodput: Calls that were answered with 200.
        refused: Calls that were refused.
        failed: Calls that got another answer or none; no rate but their number.
        p50: Half of the answers came sooner.
        p99: All but a hundredth came sooner.
        settled_p99: The same of calls after the first five seconds, when the burst is over.
        refusal_p99: All but a hundredth of the refusals came sooner.
        refusal_us: Processor time of the event loop for each of them, in microseconds.
        mib: Resident memory afterwards.
    """

    load: str
    peak: float
    offered: float
    goodput: float
    refused: float
    failed: int
    p50: float
    p99: float
    settled_p99: float
    refusal_p99: float
    refusal_us: float
    mib: float

    @classmethod
    def of(cls, load: str, run: Run, peaks: Sequence[Run]) -> Row:
        """Sum up calls, beside the peaks before and after them."""
        calls, seconds = run.calls, run.seconds
        good = [call.seconds for call in calls if call.status == 200]
        refused = [call.seconds for call in calls if call.status in REFUSED]
        return cls(
            load,
            float(np.mean([peak.goodput for peak in peaks])),
            len(calls) / seconds,
            len(good) / seconds,
            len(refused) / seconds,
            len(calls) - len(good) - len(refused),
            _ms(good, 50),
            _ms(good, 99),
            _ms([c.seconds for c in calls if c.status == 200 and c.due >= _SETTLED_S], 99),
            _ms(refused, 99),
            1e6 * (run.loop_s - len(good) * _answer_s(peaks)) / len(refused)
            if len(refused) > _MANY * len(good)
            else 0.0,
            run.mib,
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
        run = partial(_run, service, generator)
        run(5, callers=1)  # the first calls are slow
        closed = {callers: run(_PEAK_S, callers=callers) for callers in (1, 2, 4, 8)}
        rows = [Row.of(f"{callers} callers", found, [found]) for callers, found in closed.items()]
        most = max(closed, key=lambda callers: closed[callers].goodput)
        peak = run(_PEAK_S, callers=most)
        loads = (0.5, *given.loads)
        for load in loads:
            found, before = run(given.seconds, rate=load * peak.goodput), peak
            if load == loads[-1]:  # whether all is well again shows right after
                after = run(_AFTER_S, rate=0.5 * peak.goodput)
            peak = run(_PEAK_S, callers=most)
            rows.append(Row.of(f"{load:g} ×", found, [before, peak]))
        limit_ms = _AS_WELL * next(row.p99 for row in rows if row.load == "0.5 ×")
        rows.append(Row.of("0.5 × after", after, [peak]))
        recovery = _recovery_s(after.calls, limit_ms / 1000)
        peak_mib = memory_mib(service, "VmHWM")
    if given.json:
        summary = {"callers": most, "recovery_s": recovery, "peak_mib": peak_mib}
        print(json.dumps({**summary, "rows": [asdict(row) for row in rows]}))
        return
    print(
        f"{given.service}, {given.photos} photos a call; service on {theirs}, generator on {ours}"
    )
    _print(rows)
    print(
        f"all is well {recovery:.1f} s after the last overload (95 % within {limit_ms:.0f} ms); "
        f"peak of memory {peak_mib:.0f} MiB"
    )


def _run(
    service: subprocess.Popen[bytes], generator: Generator, seconds: float, **load: float
) -> Run:
    before_s = loop_s(service)
    calls = generator.calls(**load, seconds=seconds)
    return Run(calls, seconds, loop_s(service) - before_s, memory_mib(service))


def _answer_s(peaks: Sequence[Run]) -> float:
    """Processor time of the event loop for an answer."""
    return sum(peak.loop_s for peak in peaks) / sum(peak.good for peak in peaks)


def _recovery_s(calls: Sequence[Call], limit_s: float) -> float:
    """From when on, for three seconds, 95 % of the calls were answered in time."""
    for start in np.arange(0, _AFTER_S - 3, 0.25):
        three = [call for call in calls if start <= call.due < start + 3]
        well = [call.status == 200 and call.seconds <= limit_s for call in three]
        if three and np.mean(well) >= 0.95:
            return float(start)
    return float("inf")


def _print(rows: Iterable[Row]) -> None:
    titles = (
        "load peak/s offered/s good/s of-peak refused/s failed p50-ms p99-ms settled-p99 "
        "refusal-p99 refusal-us MiB"
    )
    print("".join(f"{title:>12}" for title in titles.split()))
    for row in rows:
        values = (
            row.load,
            f"{row.peak:.1f}",
            f"{row.offered:.1f}",
            f"{row.goodput:.1f}",
            f"{row.goodput / row.peak:.3f}",
            f"{row.refused:.1f}",
            f"{row.failed}",
            f"{row.p50:.1f}",
            f"{row.p99:.1f}",
            f"{row.settled_p99:.1f}",
            f"{row.refusal_p99:.1f}",
            f"{row.refusal_us:.0f}",
            f"{row.mib:.0f}",
        )
        print("".join(f"{value:>12}" for value in values))


def _ms(seconds: Sequence[float], percent: float) -> float:
    return 1000 * float(np.percentile(seconds, percent)) if seconds else 0.0


if __name__ == "__main__":
    main()
