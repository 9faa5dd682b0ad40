"""How fast a service works, and how much is asked of it, measured while it works."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

Clock = Callable[[], float]
_PHOTOS = 32  # after so many photos, what was measured before counts e times less


class Recent:
    """A sum that forgets: what was added counts `exp(-age / memory_s)`.

    Args:
        memory_s: Seconds after which something counts e times less.
        clock: Seconds from any start.
    """

    def __init__(self, memory_s: float, clock: Clock = time.monotonic) -> None:
        self._memory_s, self._clock = memory_s, clock
        self._sum, self._at = 0.0, clock()

    def add(self, amount: float = 1) -> None:
        """Add to the sum."""
        now = self._clock()
        self._sum = self._sum * math.exp((self._at - now) / self._memory_s) + amount
        self._at = now

    def value(self) -> float:
        """The sum as it is now."""
        return self._sum * math.exp((self._at - self._clock()) / self._memory_s)


class Pace:
    """How long photos take, whatever shares the cores with them.

    Cores are shared equally by the calls that are worked on, as far as each can use them: a call
    of n photos uses at most n. What a call has had of the cores when it is done, over its photos,
    is what a photo costs; how crowded the cores were meanwhile makes no difference.

    Args:
        cores: How many photos are worked on at the same time.
        clock: Seconds from any start.
    """

    def __init__(self, cores: int, clock: Clock = time.monotonic) -> None:
        self._cores, self._clock = cores, clock
        self._calls, self._at = 0, clock()
        # Core-seconds that a call could have had since the start, by how many cores it can use.
        self._had = [0.0] * (cores + 1)
        self._core_s = 0.0

    @property
    def seconds_a_photo(self) -> float:
        """Seconds from one finished photo to the next while all cores work; 0 before the first."""
        return self._core_s / self._cores

    def start(self, photos: int) -> float:
        """Tell that a call begins; returns what `end` wants to know."""
        self._advance()
        self._calls += 1
        return self._had[min(photos, self._cores)]

    def end(self, photos: int, start: float, *, done: bool) -> None:
        """Tell that a call ends.

        Args:
            photos: Its photos.
            start: What `start` returned.
            done: False where it was given up. Its photos cost at least what it has had; a service
                that learnt from finished work only would never learn that nothing is finished.
        """
        self._advance()
        self._calls -= 1
        core_s = (self._had[min(photos, self._cores)] - start) / photos
        if done or core_s > self._core_s:
            keep = math.exp(-photos / _PHOTOS) if self._core_s else 0.0
            self._core_s = keep * self._core_s + (1 - keep) * core_s

    def _advance(self) -> None:
        now = self._clock()
        if self._calls:
            share = self._cores / self._calls
            for cores in range(1, self._cores + 1):
                self._had[cores] += min(cores, share) * (now - self._at)
        self._at = now


class Load:
    """What is asked of a service, as a multiple of what it can do, refused calls included.

    Args:
        cores: Photos that are worked on at the same time.
        memory_s: Seconds over which it is averaged.
        clock: Seconds from any start.
    """

    def __init__(self, cores: int, memory_s: float, clock: Clock = time.monotonic) -> None:
        self._cores, self._clock, self._at = cores, clock, clock()
        self._capacity = cores * memory_s
        self._busy, self._accepted, self._refused = (Recent(memory_s, clock) for _ in range(3))

    def spent(self, waiting: int) -> None:
        """Tell that as many photos were waiting or worked on since the last time."""
        now = self._clock()
        self._busy.add(min(waiting, self._cores) * (now - self._at))
        self._at = now

    def answered(self, calls: int = 1, *, accepted: bool) -> None:
        """Tell that calls were taken or refused."""
        (self._accepted if accepted else self._refused).add(calls)

    def value(self) -> float:
        """Between 0 and 1 while nothing is refused; 10 where nine of ten calls are."""
        accepted, refused = self._accepted.value(), self._refused.value()
        share = accepted / (accepted + refused) if accepted else 1.0
        return self._busy.value() / self._capacity / share
