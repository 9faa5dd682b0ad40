from concurrent.futures import ThreadPoolExecutor

import pytest

from stayrank_common.niceness import be_as_nice_as, niceness


@pytest.mark.parametrize(("more", "less"), [(0, 0), (1, 1), (2, 1)])
def test_a_thread_becomes_nicer_and_never_less_nice(more, less):
    before = niceness()

    def become():
        be_as_nice_as(before + more)
        be_as_nice_as(before + less)
        return niceness()

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(become).result() == min(19, before + more)
    assert niceness() == before
