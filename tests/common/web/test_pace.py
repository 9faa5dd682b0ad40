import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.common.conftest import Clock

from stayrank_common.web.pace import Load, Pace, Recent


def work(pace: Pace, clock: Clock, photos: int, seconds: float, *, done: bool = True) -> None:
    start = pace.start(photos)
    clock.now += seconds
    pace.end(photos, start, done=done)


@given(cores=st.integers(1, 8), photos=st.integers(1, 200), seconds=st.floats(0.001, 60))
def test_a_call_alone_tells_what_its_photos_cost_on_the_cores_that_it_can_use(
    cores, photos, seconds
):
    clock = Clock()
    pace = Pace(cores, clock)

    work(pace, clock, photos, seconds)

    assert pace.seconds_a_photo == pytest.approx(seconds * min(cores, photos) / cores / photos)


@given(cores=st.integers(1, 4), calls=st.integers(1, 10), photos=st.integers(1, 50))
def test_how_many_calls_share_the_cores_makes_no_difference(cores, calls, photos):
    clock = Clock()
    pace = Pace(cores, clock)
    used = min(cores, calls * photos)

    starts = [pace.start(photos) for _ in range(calls)]
    clock.now += calls * photos * 0.5 / used  # each photo takes half a second of a core
    for start in starts:
        pace.end(photos, start, done=True)

    # With fewer cores a call than it could use, the share of each is counted, and no more.
    assert pace.seconds_a_photo == pytest.approx(0.5 / cores, rel=1e-6)


def test_a_small_call_beside_a_large_one_is_measured_rightly(clock):
    pace = Pace(2, clock)
    pace.start(200)
    clock.now += 10

    for _ in range(100):
        work(pace, clock, 1, 0.02)

    assert pace.seconds_a_photo == pytest.approx(0.01)


def test_it_follows_a_change_within_a_hundred_photos(clock):
    pace = Pace(2, clock)
    work(pace, clock, 100, 1)
    for _ in range(100):
        work(pace, clock, 1, 0.1)

    assert pace.seconds_a_photo == pytest.approx(0.05, rel=0.1)


def test_calls_that_are_given_up_teach_that_photos_take_longer_but_never_that_they_are_quick(clock):
    pace = Pace(2, clock)
    work(pace, clock, 10, 5, done=False)
    assert pace.seconds_a_photo == pytest.approx(0.5)

    work(pace, clock, 10, 0.001, done=False)
    assert pace.seconds_a_photo == pytest.approx(0.5)


def test_what_was_added_long_ago_counts_little(clock):
    recent = Recent(2, clock)
    recent.add(10)
    clock.now += 2
    recent.add(1)

    assert recent.value() == pytest.approx(10 / math.e + 1)
    clock.now += 60
    assert recent.value() < 1e-9


@pytest.mark.parametrize(("taken", "refused", "load"), [(1, 0, 1), (1, 9, 10), (1, 1, 2)])
def test_the_load_counts_what_was_refused(clock, taken, refused, load):
    measured = Load(2, 15, clock)
    for _ in range(2000):
        clock.now += 0.1
        measured.spent(7)
        for accepted in [True] * taken + [False] * refused:
            measured.answered(accepted=accepted)

    assert measured.value() == pytest.approx(load, rel=0.02)


def test_the_load_of_a_service_with_one_of_two_cores_in_use_is_a_half(clock):
    measured = Load(2, 15, clock)
    for _ in range(2000):
        clock.now += 0.1
        measured.spent(1)
        measured.answered(accepted=True)

    assert measured.value() == pytest.approx(0.5, rel=0.02)
