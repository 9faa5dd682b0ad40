import math

from hypothesis import given
from hypothesis import strategies as st
from tests.common.conftest import Clock

from stayrank_common.limits import TokenBucket


def test_a_full_bucket_gives_its_burst_at_once_and_then_its_rate(clock):
    bucket = TokenBucket(2, 10, clock)

    assert bucket.take(10) == 0
    assert bucket.take(1) == 1  # half a second, rounded up
    clock.now += 0.5
    assert bucket.take(1) == 0
    assert bucket.take(6) == 3


def test_what_is_refused_costs_nothing(clock):
    bucket = TokenBucket(1, 4, clock)
    bucket.take(2)

    assert bucket.take(3) == 1
    assert bucket.take(2) == 0


def test_more_than_the_bucket_holds_is_had_when_it_is_full_and_paid_for_afterwards(clock):
    bucket = TokenBucket(1, 4, clock)

    assert bucket.take(10) == 0
    assert bucket.take(1) == 7
    clock.now += 7
    assert bucket.take(1) == 0


def test_a_bucket_never_holds_more_than_its_burst(clock):
    bucket = TokenBucket(1, 4, clock)
    clock.now += 1e6

    assert bucket.take(4) == 0
    assert bucket.take(1) == 1


@given(
    rate=st.floats(0.01, 100),
    burst=st.integers(1, 100),
    steps=st.lists(st.tuples(st.integers(1, 20), st.floats(0, 10)), max_size=50),
)
def test_over_any_time_no_more_is_given_than_the_burst_and_what_flowed_in(rate, burst, steps):
    clock = Clock()
    bucket, given_away = TokenBucket(rate, burst, clock), 0
    for tokens, pause in steps:
        clock.now += pause
        wait_s = bucket.take(tokens)
        if wait_s == 0:
            given_away += tokens
        else:
            assert wait_s >= 1
        largest = max(tokens for tokens, _ in steps)
        assert given_away <= burst + rate * (clock.now - 100) + largest + 1e-6


@given(rate=st.floats(0.01, 100), burst=st.integers(1, 100), tokens=st.integers(1, 200))
def test_who_comes_again_when_told_is_served(rate, burst, tokens):
    clock = Clock()
    bucket = TokenBucket(rate, burst, clock)
    bucket.take(burst)

    clock.now += bucket.take(tokens) + 1e-6

    assert math.isfinite(clock.now)
    assert bucket.take(tokens) == 0
