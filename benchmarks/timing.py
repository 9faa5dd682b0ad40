"""What the benchmarks share: rounds that take turns, so that what else runs meets all alike."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from statistics import median


def on_cores(count: int) -> None:
    """Run this process, and all threads that it starts from now on, on its first cores."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])


def measure(
    works: Mapping[str, Callable[[], int]],
    *,
    rounds: int = 5,
    least_s: float = 0.5,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, float]:
    """Measure how long works take for a photo.

    Each is run once to warm up. In each round every work has its turn of at least `least_s`.

    Args:
        works: Name → what to do; returns the number of photos that it did.
        rounds: How often each has its turn.
        least_s: Length of a turn in seconds.
        clock: Seconds; `time.process_time` where other programs use the same cores.

    Returns:
        Name → the median of the rounds in milliseconds a photo.
    """
    for work in works.values():
        work()
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            photos, start, end = 0, clock(), time.perf_counter() + least_s
            while time.perf_counter() < end:
                photos += work()
            taken[name].append(1000 * (clock() - start) / photos)
    return {name: median(values) for name, values in taken.items()}
