"""How long the work on a call takes, stage by stage.

Work says `with timed("decode"): …` and need not know who listens. Over HTTP the middleware listens
to each call; elsewhere nobody does, and nothing is kept. Threads that work for a call have to run
in a copy of its context (`asyncio.to_thread` does so by itself).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

Stage = Literal["receive", "queue", "decode", "predict", "tagger", "aesthetic", "rank"]
_laps: ContextVar[list[Lap]] = ContextVar("laps")


@dataclass(frozen=True, slots=True)
class Lap:
    """One piece of work.

    Args:
        stage: `receive` (reading the body), `queue` (waiting for a thread), `decode`, `predict`; in
            the gallery also `tagger`, `aesthetic` (waiting for these services) and `rank`.
        seconds: How long it took.
        photos: How many photos it was about.
    """

    stage: Stage
    seconds: float
    photos: int = 1


@contextmanager
def listening() -> Iterator[list[Lap]]:
    """Keep the laps of all that is done inside; threads may add to them at the same time.

    >>> with listening() as laps:
    ...     record("decode", 0.5)
    >>> laps
    [Lap(stage='decode', seconds=0.5, photos=1)]
    """
    laps: list[Lap] = []
    token = _laps.set(laps)
    try:
        yield laps
    finally:
        _laps.reset(token)


def record(stage: Stage, seconds: float, photos: int = 1) -> None:
    """Tell whoever listens that a piece of work is done."""
    laps = _laps.get(None)
    if laps is not None:
        laps.append(Lap(stage, seconds, photos))


@contextmanager
def timed(stage: Stage, photos: int = 1) -> Iterator[None]:
    """Record what is done inside, also where it fails."""
    start = time.perf_counter()
    try:
        yield
    finally:
        record(stage, time.perf_counter() - start, photos)


def totals(laps: Iterable[Lap]) -> dict[str, float]:
    """Seconds of each stage, in the order in which the stages first ended.

    >>> totals([Lap("decode", 0.5), Lap("predict", 1.0), Lap("decode", 0.25)])
    {'decode': 0.75, 'predict': 1.0}
    """
    sums: dict[str, float] = {}
    for lap in laps:
        sums[lap.stage] = sums.get(lap.stage, 0.0) + lap.seconds
    return sums
