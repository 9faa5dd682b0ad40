import asyncio
import logging
from contextlib import AsyncExitStack

import pytest

from stayrank_common.deadlines import due_in
from stayrank_common.errors import BusyError, DeadlineError, UnreachableDeadlineError
from stayrank_common.metrics import Metrics
from stayrank_common.web.admission import Admission


def sample(metrics: Metrics, name: str) -> float | None:
    return metrics.registry.get_sample_value(name)


def waiting(metrics: Metrics) -> float | None:
    return sample(metrics, "stayrank_photos_waiting")


def test_more_photos_than_fit_are_refused_at_once_and_fit_again_later(metrics):
    admission = Admission(10, 60, 60, metrics)

    async def scenario() -> None:
        async with admission.admit(6):
            assert waiting(metrics) == 6
            async with admission.admit(4):
                assert waiting(metrics) == 10
                with pytest.raises(BusyError):
                    async with admission.admit(1):
                        pytest.fail("admitted")
            async with admission.admit(4):
                pass
        async with admission.admit(10):
            pass

    asyncio.run(scenario())

    assert waiting(metrics) == 0


def test_a_call_that_comes_alone_is_admitted_whatever_its_size(metrics):
    async def scenario() -> None:
        async with Admission(10, 60, 60, metrics).admit(200):
            assert waiting(metrics) == 200

    asyncio.run(scenario())

    assert waiting(metrics) == 0


@pytest.mark.parametrize("error", [RuntimeError, asyncio.CancelledError, TimeoutError])
def test_a_call_that_fails_gives_its_places_back_and_keeps_its_error(metrics, error):
    async def scenario() -> None:
        async with Admission(10, 60, 60, metrics).admit(3):
            raise error

    with pytest.raises(error):
        asyncio.run(scenario())

    assert waiting(metrics) == 0


def test_a_call_that_takes_too_long_ends_and_gives_its_places_back(metrics):
    async def scenario() -> None:
        async with Admission(10, 60, 0.01, metrics).admit(3):
            await asyncio.sleep(60)

    with pytest.raises(DeadlineError, match=r"0\.01 s"):
        asyncio.run(scenario())

    assert waiting(metrics) == 0


def test_a_burst_is_taken_up_to_half_the_longest_wait_and_the_refused_are_told_how_long(
    make, refused, fill
):
    async def scenario() -> None:
        async with AsyncExitStack() as held:
            admission = await make(max_wait_s=3)
            assert await fill(admission, held) == pytest.approx(150, rel=0.05)
            error = await refused(admission, 1)
        assert type(error) is BusyError
        assert error.retry_after_s == 2

    asyncio.run(scenario())


def test_a_few_calls_at_once_are_no_overload_however_large(make, refused):
    async def scenario() -> None:
        admission = await make(max_wait_s=3.1, cores=1)
        async with AsyncExitStack() as held:
            for _ in range(4):
                await held.enter_async_context(admission.admit(50))  # a second of work
            assert await refused(admission, 50)

    asyncio.run(scenario())


def test_a_call_that_cannot_meet_its_deadline_is_refused_and_one_that_can_is_taken(make, refused):
    async def scenario() -> None:
        admission = await make()
        async with admission.admit(40):  # 0.4 s of work
            with due_in(0.5):
                assert type(await refused(admission, 30)) is UnreachableDeadlineError
            with due_in(0.9):
                assert await refused(admission, 30) is None

    asyncio.run(scenario())


@pytest.mark.parametrize("left_s", [0, -5])
def test_what_nobody_waits_for_any_more_is_refused_even_by_an_idle_service(make, left_s, refused):
    async def scenario() -> None:
        admission = await make()
        with due_in(left_s):
            assert type(await refused(admission, 1)) is UnreachableDeadlineError

    asyncio.run(scenario())


def test_a_wrong_estimate_cannot_lock_a_service_that_is_idle(make, clock, refused):
    async def scenario() -> None:
        admission = await make()
        async with admission.admit(100):
            clock.now += 500  # the machine slept
        for _ in range(400):
            with due_in(0.5):
                async with admission.admit(1):
                    clock.now += 0.02
        async with admission.admit(10):
            with due_in(0.5):
                assert await refused(admission, 1) is None

    asyncio.run(scenario())


def test_a_service_that_finishes_nothing_learns_that_it_is_slow(metrics, clock, refused):
    async def scenario() -> None:
        admission = Admission(800, 1, 0.01, metrics, 2, clock)

        async def late() -> None:
            async with admission.admit(2):
                clock.now += 10
                await asyncio.sleep(60)

        with pytest.raises(DeadlineError):
            await late()
        async with admission.admit(1):
            assert await refused(admission, 1)

    asyncio.run(scenario())


def test_a_small_call_does_not_wait_for_the_whole_of_a_large_one(make, refused):
    async def scenario() -> None:
        admission = await make(max_wait_s=0.1)
        async with admission.admit(200):  # two seconds of work
            assert await refused(admission, 1) is None
            assert await refused(admission, 100)

    asyncio.run(scenario())


def test_a_large_call_is_taken_towards_the_end_of_another_however_short_waits_must_be(
    make, clock, refused
):
    async def scenario() -> None:
        admission = await make(max_wait_s=0)
        async with admission.admit(100):
            clock.now += 0.7
            assert await refused(admission, 100)
            clock.now += 0.1
            assert await refused(admission, 100) is None

    asyncio.run(scenario())


def test_a_call_whose_body_is_still_to_come_holds_a_place_but_not_for_long(make, refused):
    async def scenario() -> None:
        admission = await make(max_wait_s=0)
        with admission.arrive(), admission.arrive():
            with pytest.raises(BusyError), admission.arrive():
                pytest.fail("arrived")
            await asyncio.sleep(0.4)
            with admission.arrive():
                assert await refused(admission, 1) is None

    asyncio.run(scenario())


def test_a_call_that_arrived_takes_the_place_that_it_held(make):
    async def scenario() -> None:
        admission = await make(max_wait_s=0)
        with admission.arrive():
            async with admission.admit(100):
                assert sample_of_calls(admission) == 1
        assert sample_of_calls(admission) == 0

    asyncio.run(scenario())


def sample_of_calls(admission: Admission) -> int:
    return len(admission._calls)


def test_the_door_takes_calls_to_be_as_large_as_those_before(make, clock):
    async def scenario() -> None:
        admission = await make(cores=1)
        async with admission.admit(8):  # 0.16 s of work
            admission.refused(BusyError(), 1000)
            clock.now += 0.08
            assert admission.standing().refusal
            with pytest.raises(BusyError), admission.arrive():
                pytest.fail("arrived")
            clock.now += 0.05
            assert admission.standing().refusal is None
            with admission.arrive():
                assert admission.standing().refusal

    asyncio.run(scenario())


@pytest.mark.parametrize("late_s", [-0.01, 0, 0.01])
def test_what_waits_for_a_call_is_as_late_as_it(make, clock, late_s):
    async def scenario() -> None:
        admission = await make(cores=1)
        async with AsyncExitStack() as held:
            first = await held.enter_async_context(AsyncExitStack())
            await first.enter_async_context(admission.admit(1))
            await held.enter_async_context(admission.admit(1))
            clock.now += 0.02 + late_s
            await first.aclose()
            clock.now += 0.01
            assert admission.wait_s() == pytest.approx(0.01, rel=0.03)

    asyncio.run(scenario())


def test_refusals_are_told_once_a_second_with_their_number(make, clock, caplog, refused):
    async def scenario() -> None:
        admission = await make(max_wait_s=0)
        async with admission.admit(10_000):
            for _ in range(30):
                await refused(admission, 10)
                clock.now += 0.125  # which floats hold exactly

    with caplog.at_level(logging.WARNING):
        asyncio.run(scenario())

    assert [record.args[0] for record in caplog.records] == [1, 8, 8, 8]


def test_wait_and_load_are_shown(make, metrics, clock):
    async def scenario() -> None:
        admission = await make()
        async with admission.admit(1), admission.admit(1), admission.admit(50):
            assert sample(metrics, "stayrank_wait_seconds") == pytest.approx(0.03)
            clock.now += 1
        assert sample(metrics, "stayrank_wait_seconds") == 0
        assert sample(metrics, "stayrank_load") > 0

    asyncio.run(scenario())


def test_a_refusal_stands_as_long_as_it_says(make, clock):
    async def scenario() -> None:
        admission = await make(cores=1)
        async with admission.admit(1):
            admission.refused(BusyError(), 1000)
            standing = admission.standing()
            assert isinstance(standing.refusal, BusyError)
            assert clock.now + 0.005 < standing.until < clock.now + 0.01  # a photo takes 20 ms
            until = standing.until
            clock.now = until - 0.001
            assert admission.standing().refusal
            clock.now = until + 0.001
            after = admission.standing()
            assert after.refusal is None
            assert after.until <= clock.now

    asyncio.run(scenario())


def test_when_a_call_ends_no_refusal_stands_any_more_and_those_refused_are_counted(
    make, clock, metrics
):
    async def scenario() -> None:
        admission = await make(cores=1)
        async with admission.admit(1):
            admission.refused(BusyError(), 1000)
            standing = admission.standing()
            assert standing.until > clock.now
            standing.calls += 500
            before = sample(metrics, "stayrank_load")
        assert standing.until < clock.now
        assert sample(metrics, "stayrank_load") == pytest.approx(1.5 * before, rel=0.03)

    asyncio.run(scenario())
