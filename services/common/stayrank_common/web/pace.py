"""How fast a service works, and how much is asked of it, measured while it works."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

Clock = Callable[[], float]
_PHOTOS = 64  # after so many photos, what was measured before counts e times less


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
    """How many times as much as a service can do is asked of it, refused calls included.

    What came counts `exp(-age / memory_s)`; refused calls as if they had been of the same kind as
    those that were taken.

    Args:
        memory_s: Seconds over which it is averaged; it may be changed.
        clock: Seconds from any start.
    """

    def __init__(self, memory_s: float, clock: Clock = time.monotonic) -> None:
        self.memory_s, self._clock, self._at = memory_s, clock, clock()
        self._photos = self._taken = self._refused = 0.0  # a second

    def take(self, photos: int) -> None:
        """Tell that a call was taken."""
        self._forget()
        self._photos += photos / self.memory_s
        self._taken += 1 / self.memory_s

    def refuse(self, calls: int) -> None:
        """Tell that calls were refused."""
        self._forget()
        self._refused += calls / self.memory_s

    @property
    def photos_a_call(self) -> float:
        """How many photos the calls had on average that were taken; 1 before the first."""
        return self._photos / self._taken if self._taken else 1.0

    def value(self, seconds_a_photo: float) -> float:
        """Between 0 and 1 while all can be done; 10 where nine of ten calls must be refused.

        Args:
            seconds_a_photo: As of `Pace`.
        """
        self._forget()
        asked = self._photos * (1 + self._refused / self._taken) if self._taken else 0.0
        return asked * seconds_a_photo

    def _forget(self) -> None:
        now = self._clock()
        keep = math.exp((self._at - now) / self.memory_s)
        self._photos, self._taken = keep * self._photos, keep * self._taken
        self._refused, self._at = keep * self._refused, now
