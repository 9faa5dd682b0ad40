"""How much work a service takes on: a queue bounded in photos and in time.

A call is refused when it comes, before its body is read, or not at all: what was accepted is worked
on in the order in which it came, and later calls take no more from it than an equal share of the
cores.

A call is taken where no more photos are `_ahead` of it than its `_patience`, and it would be done
by its deadline. Both count in photos; what one costs `Pace` measures on calls that end, and what is
asked for `Load` on those that come. `arrive` decides at the door, where a call is taken to be as
large as others were, `admit` once its photos are known, and `standing` says for how long a decision
holds. docs/decisions/0016-a-short-queue.md says why.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from stayrank_common.deadlines import due_in, remaining_s
from stayrank_common.errors import BusyError, DeadlineError, UnreachableDeadlineError
from stayrank_common.metrics import Metrics
from stayrank_common.web.pace import Clock, Load, Pace

logger = logging.getLogger(__name__)

_ARRIVAL_S = (
    0.25  # as long a call holds a place while its body comes; a slow client then holds none
)
_BURST_S = 0.5  # what comes at once and takes no longer is a burst, and no overload
_BURST = 4  # neither are so many calls, however large
_TELL_S = 1  # between two lines of log about refusals
_LOAD_S = 15  # what autoscalers look at is averaged over
_ROOM = 0.5  # photos a core that may be left of others when a call is taken, in any case
_SPARE = 2  # calls that wait where twice as much is asked for as can be done
_PART = 1 / 4  # of the time that it takes alone, a call may wait in any case
_AT_LEAST = 0.4  # photos that are taken to be left of a call that should be done by now


@dataclass(eq=False, slots=True)
class Standing:
    """What is said to calls at the door.

    Args:
        refusal: Why they are refused; None where they are not.
        until: The time by the clock of the queue until which that holds.
        calls: How many were refused by it, and are not counted yet.
    """

    refusal: BusyError | None
    until: float = -math.inf
    calls: int = 0


@dataclass(eq=False, slots=True)
class _Call:
    photos: float
    done_at: float  # when all that came up to it should be done


class Admission:
    """The bounded queue.

    Args:
        max_waiting: Photos accepted and not yet answered; a call beyond is refused.
        max_wait_s: Seconds that a call may have to wait for others; a call beyond is refused.
        timeout_s: Seconds that a call may take.
        metrics: Where load, wait and the number of waiting photos are shown.
        cores: Photos that are worked on at the same time; 0 means one a core.
        clock: Seconds from any start.
    """

    def __init__(
        self,
        max_waiting: int,
        max_wait_s: float,
        timeout_s: float,
        metrics: Metrics,
        cores: int = 0,
        clock: Clock = time.monotonic,
    ) -> None:
        self._max_waiting, self._max_wait_s, self._timeout_s = max_waiting, max_wait_s, timeout_s
        self._cores = cores or len(os.sched_getaffinity(0))
        self.clock, self._metrics = clock, metrics
        self._pace = Pace(self._cores, clock)
        self._load = Load(_LOAD_S, clock)
        self._burst_s = max(_BURST_S, max_wait_s / 2)
        self._rush = Load(self._burst_s, clock)
        self._calls: set[_Call] = set()
        self._standing = Standing(None)
        self._waiting = self._untold = 0
        self._told_at = -math.inf
        metrics.waiting_limit.set(max_waiting)
        metrics.wait_seconds.set_function(self.wait_s)
        metrics.load.set_function(lambda: self._load.value(self._pace.seconds_a_photo))

    def wait_s(self) -> float:
        """Seconds that a call of one photo would have to wait for others."""
        return self._ahead(1) * self._pace.seconds_a_photo

    def standing(self) -> Standing:
        """What is said at the door, and until when it holds unless a call comes or ends.

        Until then, what is left of the others shrinks by no more than one photo each in the time
        that a photo takes.
        """
        self._settle()
        refusal, excess = self._judged(1, self._rush.photos_a_call)
        lasts_s = excess * self._pace.seconds_a_photo / len(self._calls) if excess > 0 else 0
        self._standing = Standing(refusal, self.clock() + lasts_s)
        return self._standing

    def refused(self, refusal: BusyError, calls: int = 1) -> None:
        """Take note that calls were refused."""
        if not isinstance(refusal, UnreachableDeadlineError):  # another deadline might be met
            self._rush.refuse(calls)
        self._load.refuse(calls)
        self._untold += calls
        if self.clock() - self._told_at >= _TELL_S:  # not a thousand lines a second
            logger.warning("%d calls refused, the last because %s", self._untold, refusal)
            self._untold, self._told_at = 0, self.clock()

    @contextmanager
    def arrive(self) -> Iterator[None]:
        """Hold a place for a call whose photos are still to come, as many as calls have lately.

        Raises:
            BusyError: As by `admit`.
        """
        photos = self._rush.photos_a_call
        self._check(1, photos)
        place = _Call(photos, math.inf)
        self._come(place)
        timer = asyncio.get_running_loop().call_later(_ARRIVAL_S, self._go, place)
        token = _place.set(place)
        try:
            yield
        finally:
            _place.reset(token)
            timer.cancel()
            self._go(place)

    @asynccontextmanager
    async def admit(self, photos: int) -> AsyncIterator[None]:
        """Hold the places of a call's photos while it is worked on.

        Raises:
            BusyError: Other calls hold so many places that these photos do not fit, or would have
                to wait too long. A call that comes alone is always admitted, so that neither a
                setting nor a wrong estimate can make it impossible.
            UnreachableDeadlineError: They would be done after the deadline of the call.
            DeadlineError: The work took longer than the call may.
        """
        self._go(_place.get())  # the call itself
        self._check(photos, photos)
        limit_s = min(self._timeout_s, remaining_s())
        with self._working(photos), due_in(limit_s):
            try:
                async with asyncio.timeout(limit_s) as deadline:
                    yield
            except TimeoutError as error:
                if not deadline.expired():
                    raise
                raise DeadlineError(limit_s) from error

    @contextmanager
    def _working(self, photos: int) -> Iterator[None]:
        self._load.take(photos)
        self._rush.take(photos)
        usual_s = self._rush.photos_a_call * self._pace.seconds_a_photo
        self._rush.memory_s = max(self._burst_s, _BURST * usual_s)
        until = self._until(self._ahead(math.inf), photos)
        call = _Call(photos, self.clock() + until * self._pace.seconds_a_photo)
        self._come(call)
        self._change(photos)
        start, done = self._pace.start(photos), False
        try:
            yield
            done = True
        finally:
            self._pace.end(photos, start, done=done)
            self._change(-photos)
            self._go(call)
            self._learn(call)

    def _come(self, call: _Call) -> None:
        self._settle()
        self._calls.add(call)

    def _go(self, call: _Call | None) -> None:
        self._settle()
        self._calls.discard(call)

    def _learn(self, call: _Call) -> None:
        """What comes after a call is late, or early, by as much as a core of all was for it."""
        if all(other.done_at >= call.done_at for other in self._calls):
            late = (self.clock() - call.done_at) / self._cores
            for other in self._calls:
                other.done_at += late

    def _settle(self) -> None:
        """End what stands, and count the calls that were refused by it."""
        standing, self._standing = self._standing, Standing(None)
        standing.until = -math.inf
        if standing.refusal and standing.calls:
            self.refused(standing.refusal, standing.calls)

    def _change(self, photos: int) -> None:
        self._waiting += photos
        self._metrics.waiting.set(self._waiting)

    def _check(self, photos: int, likely: float) -> None:
        if refusal := self._judged(photos, likely)[0]:
            self.refused(refusal)
            raise refusal

    def _judged(self, photos: int, likely: float) -> tuple[BusyError | None, float]:
        """Why a call would be refused, and how many photos of others are too many for it.

        Args:
            photos: What it has at least.
            likely: What it has likely.
        """
        left_s = min(self._timeout_s, remaining_s())
        if left_s > 0 and not self._calls:
            return None, 0
        ahead, pace = self._ahead(likely), self._pace.seconds_a_photo
        retry_s = min(60, max(1, math.ceil(ahead * pace)))
        surely_ahead = ahead if photos == likely else self._ahead(photos)
        if left_s <= 0 or self._until(surely_ahead, photos) * pace > left_s:
            return UnreachableDeadlineError(retry_s), 0
        full = self._waiting and self._waiting + photos > self._max_waiting
        excess = ahead - self._patience(likely)
        return BusyError(retry_s) if full or excess > 0 else None, excess

    def _ahead(self, photos: float) -> float:
        """Photos of others that are worked on before the last of a call's own.

        Cores are shared equally: of a larger call no more than as many come first.
        """
        now, pace = self.clock(), self._pace.seconds_a_photo
        return sum(min(photos, self._left(call, now, pace)) for call in self._calls)

    def _left(self, call: _Call, now: float, pace: float) -> float:
        """Photos that are left of a call; of one that cannot use all cores, they take longer."""
        if not pace:
            return call.photos
        share = min(1, call.photos / self._cores)
        return min(call.photos, max(_AT_LEAST, (call.done_at - now) / pace * share))

    def _until(self, ahead: float, photos: int) -> float:
        """Photos that all cores could do until a call is done: itself it takes one core a photo."""
        return max(ahead + photos, self._cores)

    def _patience(self, photos: float) -> float:
        """How many photos of others a call may have to wait for.

        Where x times as much is asked for as can be done, cores hardly ever idle for want of work
        if 2 / (x − 1) calls wait for them: more would only wait longer. While x is 1 or less, as in
        bursts, what takes `max_wait_s`. In any case what the cores have half done, and a part of
        the time that the call takes alone.
        """
        pace = self._pace.seconds_a_photo
        if not pace:
            return math.inf
        least, excess = max(_ROOM * self._cores, _PART * photos), self._rush.value(pace) - 1
        spare = _SPARE * max(self._cores, photos) / excess if excess > 0 else math.inf
        return max(least, min(self._max_wait_s / pace, least + spare))


_place: ContextVar[_Call | None] = ContextVar("place", default=None)
