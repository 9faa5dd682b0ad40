import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from stayrank_common.ratings import (
    RATINGS,
    earth_movers_distance,
    mean_score,
    normalised,
    score_std,
)

counts = hnp.arrays(np.int64, (10,), elements=st.integers(0, 1000)).filter(np.any)
ones = np.eye(10)


@given(counts)
def test_normalised_counts_keep_their_proportions_and_sum_to_one(votes):
    distribution = normalised(votes)

    assert distribution.sum() == pytest.approx(1)
    assert np.allclose(distribution * votes.sum(), votes)


@pytest.mark.parametrize(
    "votes", [[1] * 9, [1] * 11, [0] * 10, [-1] + [1] * 9, [np.nan] + [1] * 9, [np.inf] * 10, 3]
)
def test_counts_that_are_no_ten_votes_are_refused(votes):
    with pytest.raises(ValueError, match="expected"):
        normalised(votes)


def test_one_row_without_votes_among_others_is_refused():
    with pytest.raises(ValueError, match="at least one vote"):
        normalised([[1] * 10, [0] * 10])


def test_all_votes_on_one_rating_have_it_as_mean_and_no_spread():
    assert mean_score(ones).tolist() == list(range(1, 11))
    assert score_std(ones).tolist() == [0] * 10


@given(counts)
def test_mean_and_spread_are_those_of_the_single_votes(votes):
    single = np.repeat(np.arange(1, 11), votes)

    assert mean_score(normalised(votes)) == pytest.approx(single.mean())
    assert score_std(normalised(votes)) == pytest.approx(single.std(), abs=1e-6)


def test_the_widest_spread_is_half_the_votes_on_each_end():
    assert score_std((ones[0] + ones[9]) / 2) == 4.5


@given(counts, counts, counts, st.sampled_from([1.0, 2.0, 3.5]))
def test_the_earth_movers_distance_is_a_metric(a, b, c, r):
    p, q, m = normalised(a), normalised(b), normalised(c)
    direct = earth_movers_distance(p, q, r)

    assert 0 <= direct <= 1
    assert earth_movers_distance(p, p, r) == 0
    assert direct == pytest.approx(earth_movers_distance(q, p, r))
    detour = earth_movers_distance(p, m, r) + earth_movers_distance(m, q, r)
    assert direct <= detour + 1e-9


def test_the_earth_movers_distance_grows_with_every_step_that_votes_move():
    distances = earth_movers_distance(ones, ones[0])

    assert np.allclose(distances, np.arange(10) / 10)


def test_a_larger_order_weighs_a_concentrated_difference_more():
    far, near = (
        earth_movers_distance(ones[0], ones[1], 1),
        earth_movers_distance(ones[0], ones[1], 2),
    )

    assert (float(far), float(near)) == pytest.approx((0.1, 0.1**0.5))


def test_distances_come_in_the_shape_of_the_leading_axes():
    assert earth_movers_distance(np.ones((3, 2, 10)) / 10, ones[0]).shape == (3, 2)


def test_an_order_below_one_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        earth_movers_distance(ones[0], ones[1], 0.5)


def test_nobody_can_change_the_ratings():
    with pytest.raises(ValueError, match="read-only"):
        RATINGS[0] = 0
