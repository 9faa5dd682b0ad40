"""The bounded queue under several times the work that it can take, on a clock of the tests."""

import asyncio
from contextlib import AsyncExitStack

from stayrank_common.errors import BusyError
from stayrank_common.web.admission import Admission


async def overloaded(
    admission: Admission, clock, times: int, cores: int = 2
) -> tuple[list[float], float]:
    """Bring one-photo calls for five seconds, so many times as many as can be done.

    Returns:
        How long those that came in the last three seconds took; and the share of these seconds
        in which all cores had work.
    """
    began, took, busy, due = clock.now, [], 0, []
    async with AsyncExitStack() as held:
        calls: list[tuple[float, AsyncExitStack]] = []
        steps_a_s = 50 * cores * times
        for step in range(5 * steps_a_s):
            now = clock.now = began + step / steps_a_s
            while due and due[0] <= now:
                since, call = calls.pop(0)
                due.pop(0)
                await call.aclose()
                if since > began + 2:
                    took.append(now - since)
            call = await held.enter_async_context(AsyncExitStack())
            try:
                with admission.arrive():
                    await call.enter_async_context(admission.admit(1))
            except BusyError:
                pass
            else:
                calls.append((now, call))
                # First come, first served: a core is free when all but the last few are done.
                due.append(max(now, due[-cores] if len(due) >= cores else now) + 0.02)
            busy += now > began + 2 and len(calls) >= cores
    return took, busy / (3 * steps_a_s)


def test_under_ten_times_the_load_those_taken_wait_hardly_and_the_cores_are_busy(make, clock):
    async def scenario() -> None:
        took, busy = await overloaded(await make(), clock, 10)

        assert max(took) <= 0.04  # twice what a photo takes alone
        assert busy > 0.95

    asyncio.run(scenario())


def test_more_cores_do_not_idle_either(make, clock):
    async def scenario() -> None:
        took, busy = await overloaded(await make(cores=8), clock, 10, cores=8)

        assert max(took) <= 0.04
        assert busy > 0.95

    asyncio.run(scenario())


def test_under_slight_overload_the_queue_is_longer(make, clock):
    async def scenario() -> None:
        took, busy = await overloaded(await make(), clock, 2)

        assert 0.04 < max(took) < 0.2
        assert busy > 0.99

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
