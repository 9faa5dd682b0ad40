"""The bounded queue under several times the work that it can take, on a clock of the tests."""

import asyncio
from contextlib import AsyncExitStack

from stayrank_common.errors import BusyError
from stayrank_common.web.admission import Admission


async def overloaded(admission: Admission, clock, times: int) -> tuple[list[float], float]:
    """Bring one-photo calls for five seconds, so many times as many as can be done.

    Returns:
        How long those that came in the last three seconds took; and the share of these seconds
        in which both cores had work.
    """
    began, took, busy, due = clock.now, [], 0, []
    async with AsyncExitStack() as held:
        calls: list[tuple[float, AsyncExitStack]] = []
        for step in range(500 * times):
            now = clock.now = began + step * 0.01 / times
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
                # First come, first served: a core is free when the last but one is done.
                due.append(max(now, due[-2] if len(due) > 1 else now) + 0.02)
            busy += now > began + 2 and len(calls) >= 2
    return took, busy / (300 * times)


def test_under_ten_times_the_load_those_taken_wait_hardly_and_the_cores_are_busy(make, clock):
    async def scenario() -> None:
        took, busy = await overloaded(await make(), clock, 10)

        assert max(took) <= 0.04  # twice what a photo takes alone
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
