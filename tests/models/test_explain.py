import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from stayrank_common.ratings import mean_score
from stayrank_models.explain import (
    activation_map,
    class_direction,
    focal_point,
    mean_direction,
    relative_heat,
)

RNG = np.random.default_rng(0)
maps = arrays(np.float64, (5, 6), elements=st.floats(-100, 100))


def _softmax(logits):
    odds = np.exp(logits - logits.max())
    return odds / odds.sum()


def test_a_direction_sums_to_zero_so_that_it_means_the_same_for_every_softmax():
    assert class_direction(2, 8).sum() == pytest.approx(0)
    assert mean_direction(RNG.dirichlet(np.ones(10))).sum() == pytest.approx(0)


def test_the_mean_of_an_areas_map_is_its_logit_against_the_average_logit_without_biases():
    features, kernel = RNG.random((3, 4, 5)), RNG.normal(size=(5, 8))

    found = activation_map(features, kernel @ class_direction(6, 8))

    logits = features.mean(axis=(0, 1)) @ kernel
    assert found.mean() == pytest.approx(logits[6] - logits.mean())


def test_the_map_of_the_mean_score_is_what_finite_differences_find():
    """Raising the features of one place by a little raises the mean by its share of the map."""
    features, kernel, bias = RNG.random((3, 4, 5)), RNG.normal(size=(5, 10)), RNG.normal(size=10)

    def mean(f):
        return mean_score(_softmax(f.mean(axis=(0, 1)) @ kernel + bias))

    p = _softmax(features.mean(axis=(0, 1)) @ kernel + bias)
    found = activation_map(features, kernel @ mean_direction(p))

    for place in np.ndindex(3, 4):
        scale = np.ones((3, 4, 1))
        scale[place] += 1e-5
        slope = (mean(features * scale) - mean(features * (2 - scale))) / 2e-5
        assert slope == pytest.approx(found[place] / found.size, rel=1e-5, abs=1e-9)


def test_the_mean_of_the_mean_scores_map_is_the_covariance_of_rating_and_logit():
    features, kernel = RNG.random((3, 4, 5)), RNG.normal(size=(5, 10))
    logits = features.mean(axis=(0, 1)) @ kernel
    p, ratings = _softmax(logits), np.arange(1, 11)

    found = activation_map(features, kernel @ mean_direction(p))

    covariance = (p * ratings * logits).sum() - (p @ ratings) * (p @ logits)
    assert found.mean() == pytest.approx(covariance)


@given(maps)
def test_heat_lies_between_zero_and_one_and_is_zero_where_nothing_speaks_for_the_answer(found):
    heat = relative_heat(found)

    assert ((heat >= 0) & (heat <= 1)).all()
    assert not heat[found <= 0].any()
    assert heat.max() == (1 if (found > 0).any() else 0)


@given(maps)
def test_the_focal_point_lies_in_the_photo_and_turns_with_it(found):
    x, y = focal_point(found)

    assert 0 < x < 1
    assert 0 < y < 1
    if (found == found.max()).sum() == 1:  # else it is a matter of taste which region is hottest
        assert focal_point(found.T) == pytest.approx((y, x))
        assert focal_point(found[:, ::-1]) == pytest.approx((1 - x, y))


def test_places_that_speak_against_the_answer_do_not_draw_the_focal_point():
    found = np.full((7, 7), -0.5)  # a poor photo: nearly everything lowers its score
    found[0, 0], found[3, 5] = -10, 1

    assert focal_point(found) == pytest.approx((5.5 / 7, 0.5))


def test_the_focal_point_is_in_the_hottest_region_and_not_between_two():
    found = np.zeros((7, 7))
    found[1, 1:3] = 5, 4
    found[5, 5] = 4.5

    x, y = focal_point(found)

    # The region is the upper left one: 2.5 and 1.5 above the middle of 0 and 5.
    assert (x, y) == pytest.approx(((2.5 * 1.5 + 1.5 * 2.5) / 4 / 7, 1.5 / 7))


def test_weights_of_another_model_are_refused():
    with pytest.raises(ValueError, match="channels"):
        activation_map(np.zeros((2, 2, 3)), np.zeros(4))
