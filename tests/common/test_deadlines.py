import asyncio
import math

from stayrank_common.deadlines import due_in, remaining_s


def test_outside_of_any_call_there_is_no_deadline():
    assert remaining_s() == math.inf


def test_the_earlier_of_two_deadlines_is_in_force_and_ends_with_its_block():
    with due_in(100):
        with due_in(10):
            assert 9 < remaining_s() <= 10
        with due_in(1000):
            assert 99 < remaining_s() <= 100
    assert remaining_s() == math.inf


def test_calls_at_the_same_time_have_deadlines_of_their_own():
    async def call(seconds: float) -> float:
        with due_in(seconds):
            await asyncio.sleep(0.01)
            return remaining_s()

    async def both() -> list[float]:
        return await asyncio.gather(call(10), call(1000))

    short, long = asyncio.run(both())
    assert short < 10 < 900 < long < 1000
