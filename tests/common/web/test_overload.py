"""The bounded queue under several times the work that it can take, on a clock of the tests."""

import asyncio
import heapq
import random
from contextlib import AsyncExitStack

import pytest

from stayrank_common.errors import BusyError
from stayrank_common.web.admission import Admission

PHOTO_S = 0.02  # of a core


async def overloaded(
    admission: Admission, clock, times: float, cores: int = 2, photos: int = 1, seconds: float = 8
) -> tuple[list[float], float]:
    """Bring calls at random (a Poisson process), so many times as many as can be done.

    Photos are worked on in the order in which they came, one a core, and some take longer.

    Returns:
        How long each call took that was taken, in the order in which they ended; and how many
        photos were done in the second half, over those that can be.
    """
    chance = random.Random(0)  # noqa: S311 - the same load every time
    began, count = clock.now, 0
    free = [began] * cores  # when each core is
    working: list[tuple[float, int, float, AsyncExitStack]] = []
    ended: list[tuple[float, float]] = []

    async def end_until(now: float) -> None:
        while working and working[0][0] <= now:
            clock.now, _, since, call = heapq.heappop(working)
            await call.aclose()
            ended.append((clock.now, clock.now - since))

    due = began
    while (due := due + chance.expovariate(times * cores / PHOTO_S / photos)) < began + seconds:
        await end_until(due)
        clock.now = due
        call = AsyncExitStack()
        try:
            with admission.arrive():
                await call.enter_async_context(admission.admit(photos))
        except BusyError:
            continue
        for _ in range(photos):
            last = max(due, free[0]) + PHOTO_S * chance.lognormvariate(-0.005, 0.1)
            heapq.heapreplace(free, last)
        heapq.heappush(working, (last, count := count + 1, due, call))
    await end_until(float("inf"))
    done = sum(began + seconds / 2 < at < began + seconds for at, _ in ended)
    return [took for _, took in ended], done * photos * PHOTO_S / cores / (seconds / 2)


@pytest.mark.parametrize(("cores", "seconds"), [(1, 20), (2, 10), (8, 4)])
def test_under_ten_times_the_load_those_taken_wait_hardly_and_the_cores_are_busy(
    make, clock, cores, seconds
):
    async def scenario() -> None:
        admission = await make(cores=cores)
        took, done = await overloaded(admission, clock, 10, cores, seconds=seconds)

        late = sorted(took[len(took) // 2 :])
        assert late[len(late) * 99 // 100] < 2.2 * PHOTO_S  # of which the photos vary by a tenth
        assert done > 0.97

    asyncio.run(scenario())


def test_large_calls_find_the_next_one_waiting(make, clock):
    async def scenario() -> None:
        admission = await make(cores=1)
        took, done = await overloaded(admission, clock, 10, cores=1, photos=8, seconds=60)

        late = took[len(took) // 2 :]
        assert 1.2 < sum(late) / len(late) / (8 * PHOTO_S) < 1.6
        assert done > 0.97

    asyncio.run(scenario())


def test_under_slight_overload_the_queue_is_longer(make, clock):
    async def scenario() -> None:
        took, done = await overloaded(await make(cores=1), clock, 2, cores=1, seconds=20)

        assert 3 * PHOTO_S < max(took[len(took) // 2 :]) < 6 * PHOTO_S
        assert done > 0.975

    asyncio.run(scenario())


@pytest.mark.parametrize("times", [1.5, 2, 10])
def test_an_overload_is_known_before_much_is_waiting(make, clock, times):
    async def scenario() -> None:
        took, _ = await overloaded(await make(), clock, times, seconds=3)

        assert max(took) < 0.7

    asyncio.run(scenario())


def test_two_seconds_after_an_overload_bursts_are_taken_again(make, clock, refused, fill):
    async def scenario() -> None:
        admission = await make()
        await overloaded(admission, clock, 10)
        async with AsyncExitStack() as held:
            assert await fill(admission, held) <= 3
        for _ in range(200):
            clock.now += 0.01
            assert await refused(admission, 1) is None
        async with AsyncExitStack() as held:
            assert await fill(admission, held) >= 10

    asyncio.run(scenario())
