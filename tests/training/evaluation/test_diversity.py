import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_training.evaluation.diversity import (
    OTHER,
    alpha_ndcg,
    mean_rating,
    novelty_gains,
    subtopic_recall,
)

photos = st.lists(
    st.tuples(
        st.sampled_from(["bedroom", "pool", "foyer", OTHER]),
        st.integers(10, 100).map(lambda tenths: tenths / 10),
    ),
    min_size=1,
    max_size=6,
)


def truth(drawn):
    areas, ratings = zip(*drawn, strict=True)
    return np.array(areas), np.array(ratings)


def dcg_by_hand(areas, ratings, order, depth):
    """Discounted gains, place by place, as the issue defines them."""
    total = 0.0
    for place, index in enumerate(order[:depth], start=1):
        if areas[index] == OTHER:
            continue
        before = sum(areas[other] == areas[index] for other in order[: place - 1])
        total += (ratings[index] - 1) / 9 * 0.5**before / math.log2(place + 1)
    return total


def greedy_ideal(areas, ratings):
    """The order that takes the largest gain at each step, by trying every photo."""
    order = []
    while len(order) < len(areas):
        left = [i for i in range(len(areas)) if i not in order]
        order.append(max(left, key=lambda i: novelty_gains(areas, ratings, [*order, i])[-1]))
    return order


@given(photos, st.integers(1, 7), st.randoms())
def test_alpha_ndcg_is_what_its_definition_says(drawn, depth, random):
    areas, ratings = truth(drawn)
    order = random.sample(range(len(areas)), len(areas))
    best = dcg_by_hand(areas, ratings, greedy_ideal(areas, ratings), depth)

    found = alpha_ndcg(areas, ratings, order, depth)

    if best:
        assert found == pytest.approx(dcg_by_hand(areas, ratings, order, depth) / best)
    else:
        assert math.isnan(found)


@given(photos, st.integers(1, 7))
def test_no_order_is_better_than_the_ideal(drawn, depth):
    areas, ratings = truth(drawn)
    values = [
        alpha_ndcg(areas, ratings, order, depth)
        for order in itertools.permutations(range(len(areas)))
    ]

    if not math.isnan(values[0]):
        assert max(values) == pytest.approx(1)


def test_each_further_photo_of_an_area_is_worth_half():
    areas, ratings = np.array(["pool", "pool", "pool", "bedroom", OTHER]), np.full(5, 10.0)

    assert novelty_gains(areas, ratings, [0, 3, 4, 2, 1]).tolist() == [1, 1, 0, 0.5, 0.25]


def test_a_photo_that_is_left_out_gains_nothing_and_the_ideal_still_has_it():
    areas, ratings = np.array(["pool", "bedroom"]), np.array([10.0, 10.0])

    assert alpha_ndcg(areas, ratings, [0]) == pytest.approx(1 / (1 + 1 / math.log2(3)))


def test_recall_counts_areas_that_are_present_and_known():
    areas = np.array(["pool", OTHER, "pool", "bedroom", "foyer"])

    assert subtopic_recall(areas, [0, 1, 2, 3, 4], depth=4) == pytest.approx(2 / 3)
    assert math.isnan(subtopic_recall(np.array([OTHER]), [0]))


def test_the_mean_rating_is_of_the_first_places_and_of_fewer_where_there_are_no_more():
    ratings = np.array([2.0, 4.0, 9.0])

    assert mean_rating(ratings, [2, 1, 0], depth=2) == 6.5
    assert mean_rating(ratings, [2, 1, 0], depth=5) == 5
    assert math.isnan(mean_rating(ratings, []))
