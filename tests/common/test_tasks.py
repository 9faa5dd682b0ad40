import asyncio

import pytest

from stayrank_common.tasks import both


async def answer(value: object) -> object:
    await asyncio.sleep(0)
    if isinstance(value, Exception):
        raise value
    return value


def test_both_results_are_returned_in_order():
    assert asyncio.run(both(answer(1), answer("two"))) == (1, "two")


@pytest.mark.parametrize("order", [1, -1])
def test_where_one_fails_the_other_is_given_up_and_the_error_is_raised_as_it_is(order):
    async def scene() -> bool:
        given_up = asyncio.Event()

        async def forever() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                given_up.set()

        with pytest.raises(LookupError, match="lost"):
            await both(*[forever(), answer(LookupError("lost"))][::order])
        await asyncio.sleep(0)
        return given_up.is_set()

    assert asyncio.run(scene())


def test_a_caller_that_is_cancelled_cancels_both():
    async def scene() -> list[str]:
        ended = []

        async def wait(name: str) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(name)

        call = asyncio.create_task(both(wait("first"), wait("second")))
        await asyncio.sleep(0.01)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        return ended

    assert asyncio.run(scene()) == ["first", "second"]
