import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest

from stayrank_common.stages import Lap, listening, record, timed


def test_where_nobody_listens_nothing_is_kept():
    record("decode", 1)

    with listening() as laps:
        pass
    record("decode", 1)

    assert laps == []


def test_work_that_fails_is_recorded_all_the_same():
    with listening() as laps, pytest.raises(ZeroDivisionError), timed("predict", 3):
        1 / 0  # noqa: B018 - fails

    (lap,) = laps
    assert (lap.stage, lap.photos) == ("predict", 3)
    assert 0 <= lap.seconds < 60


def test_threads_add_to_the_call_whose_context_they_run_in():
    with ThreadPoolExecutor(4) as pool, listening() as laps:
        for _ in range(50):
            pool.submit(copy_context().run, record, "queue", 0.1)
        pool.submit(record, "decode", 0.1)
        pool.shutdown()

    assert laps == [Lap("queue", 0.1)] * 50


def test_calls_at_the_same_time_are_told_apart():
    async def call(photos: int) -> list[Lap]:
        with listening() as laps:
            await asyncio.sleep(0)
            await asyncio.to_thread(record, "decode", 0.1, photos)
        return laps

    async def both() -> list[list[Lap]]:
        return await asyncio.gather(call(1), call(2))

    assert asyncio.run(both()) == [[Lap("decode", 0.1, 1)], [Lap("decode", 0.1, 2)]]
