import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from stayrank_models.turns import Turns


@pytest.mark.parametrize("count", [1, 3])
def test_so_many_threads_have_a_turn_and_the_others_follow_in_the_order_in_which_they_came(count):
    turns, go_on = Turns(count), threading.Event()
    entered: list[int] = []

    def work(number: int) -> None:
        with turns:
            entered.append(number)
            go_on.wait()

    with ThreadPoolExecutor(count + 4) as threads:
        for number in range(count + 4):
            threads.submit(work, number)
            while len(entered) + len(turns._waiting) <= number:  # so that each comes after the last
                pass
        before = list(entered)
        go_on.set()

    assert before == list(range(count))
    assert sorted(entered[count:]) == list(range(count, count + 4))


def test_who_comes_again_comes_last():
    turns, waits = Turns(1), threading.Event()
    order: list[str] = []

    def other() -> None:
        waits.set()
        with turns:
            order.append("other")

    turns.__enter__()
    thread = threading.Thread(target=other)
    thread.start()
    waits.wait()
    while not turns._waiting:
        pass
    turns.__exit__()
    with turns:
        order.append("again")
    thread.join()

    assert order == ["other", "again"]


def test_a_turn_that_ends_with_an_error_is_handed_on():
    turns = Turns(1)

    with pytest.raises(RuntimeError), turns:
        raise RuntimeError

    with turns:
        pass
