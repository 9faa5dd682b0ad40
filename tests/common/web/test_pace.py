import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.common.conftest import Clock

from stayrank_common.web.pace import Load, Pace


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


def test_it_follows_a_change_within_two_hundred_photos(clock):
    pace = Pace(2, clock)
    work(pace, clock, 100, 1)
    for _ in range(200):
        work(pace, clock, 1, 0.1)

    assert pace.seconds_a_photo == pytest.approx(0.05, rel=0.1)


def test_calls_that_are_given_up_teach_that_photos_take_longer_but_never_that_they_are_quick(clock):
    pace = Pace(2, clock)
    work(pace, clock, 10, 5, done=False)
    assert pace.seconds_a_photo == pytest.approx(0.5)

    work(pace, clock, 10, 0.001, done=False)
    assert pace.seconds_a_photo == pytest.approx(0.5)


@pytest.mark.parametrize(("taken", "refused", "load"), [(1, 0, 0.8), (1, 9, 8), (1, 1, 1.6)])
@given(photos=st.integers(1, 50))
def test_the_load_counts_what_was_refused(taken, refused, load, photos):
    clock = Clock()
    measured = Load(15, clock)
    for _ in range(2000):
        clock.now += 0.1
        for _ in range(taken):
            measured.take(photos)
        measured.refuse(refused)

    assert measured.value(0.08 / photos) == pytest.approx(load, rel=0.02)
    assert measured.photos_a_call == pytest.approx(photos)


def test_what_came_long_ago_is_no_load_any_more(clock):
    measured = Load(2, clock)
    measured.take(10)
    now = measured.value(0.1)
    clock.now += 2

    assert now == pytest.approx(10 * 0.1 / 2)
    assert measured.value(0.1) == pytest.approx(now / math.e)
    clock.now += 60
    assert measured.value(0.1) < 1e-9
    clock.now += 1e6
    assert measured.value(0.1) == 0
    assert measured.photos_a_call == 1


def test_what_comes_is_as_large_as_what_came_lately(clock):
    measured = Load(2, clock)
    assert measured.photos_a_call == 1
    for photos in (1, 3):
        measured.take(photos)
    assert measured.photos_a_call == 2
    clock.now += 60
    measured.take(8)
    assert measured.photos_a_call == pytest.approx(8)
