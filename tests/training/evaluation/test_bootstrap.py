import numpy as np
import pytest

from stayrank_training.evaluation.bootstrap import cluster_weights, interval, photo_weights
from stayrank_training.evaluation.weighted import linear_correlation, mean


def test_a_resample_has_as_many_photos_as_there_are():
    weights = photo_weights(30, resamples=50)

    assert weights.shape == (50, 30)
    assert (weights.sum(axis=1) == 30).all()
    assert weights.min() == 0
    assert np.array_equal(weights, photo_weights(30, resamples=50))
    assert not np.array_equal(weights, photo_weights(30, resamples=50, seed=2))


def test_the_photos_of_a_hotel_are_drawn_together():
    weights = cluster_weights(["b", "a", "b", "c"], resamples=40)

    assert np.array_equal(weights[:, 0], weights[:, 2])
    assert (weights[:, [0, 1, 3]].sum(axis=1) == 3).all()
    assert not np.array_equal(weights[:, 0], weights[:, 1])


def test_a_share_is_covered_about_as_often_as_promised():
    rng = np.random.default_rng(0)
    covered = 0
    for seed in range(200):
        right = rng.random(100) < 0.7
        found = interval(lambda w, r=right: mean(r, w), photo_weights(100, 300, seed))
        covered += found.low <= 0.7 <= found.high

    assert 0.90 <= covered / 200 <= 0.98


def test_the_interval_of_a_mean_is_that_of_theory():
    values = np.random.default_rng(3).normal(5, 2, 400)

    found = interval(lambda w: mean(values, w), photo_weights(400))

    error = values.std() / 20
    assert found.low == pytest.approx(values.mean() - 1.96 * error, abs=0.15 * error)
    assert found.high == pytest.approx(values.mean() + 1.96 * error, abs=0.15 * error)


def test_hotels_that_err_together_widen_the_interval():
    hotels = [f"h{index // 10}" for index in range(200)]
    right = np.repeat(np.arange(20) % 3 > 0, 10)

    alone = interval(lambda w: mean(right, w), photo_weights(200))
    together = interval(lambda w: mean(right, w), cluster_weights(hotels))

    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_what_never_varies_has_an_interval_of_no_width():
    found = interval(lambda w: mean(np.ones(7), w), photo_weights(7, 100))

    assert found == (1, 1)


def test_what_most_resamples_leave_undefined_has_no_interval():
    values = np.array([0.0, 0.0, 0.0, 1.0])

    assert interval(lambda w: linear_correlation(values, values, w), photo_weights(4)) is None


def test_blocks_of_resamples_change_nothing(monkeypatch):
    values = np.random.default_rng(0).random(20)
    weights = photo_weights(20, 300)
    whole = interval(lambda w: mean(values, w), weights)
    monkeypatch.setattr("stayrank_training.evaluation.bootstrap._CELLS", 140)

    assert interval(lambda w: mean(values, w), weights) == whole
