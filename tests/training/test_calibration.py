import numpy as np
import pytest

from stayrank_models.answers import with_temperature
from stayrank_training.calibration import (
    fit_aesthetics,
    fit_temperature,
    matched_temperature,
    rating_tilt,
)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_temperature_that_spoilt_the_probabilities_is_found(temperature):
    rng = np.random.default_rng(0)
    honest = rng.dirichlet(np.ones(8), 20_000)
    truth = (honest.cumsum(axis=1) > rng.random((len(honest), 1))).argmax(axis=1)

    spoilt = with_temperature(honest, 1 / temperature)

    assert fit_temperature(spoilt, truth) == pytest.approx(temperature, rel=0.1)


def test_percentiles_run_from_the_lowest_to_the_highest_score():
    percentiles = fit_aesthetics(np.array([7.0, 3.0, 5.0])).percentiles

    assert (percentiles[0], percentiles[50], percentiles[100]) == (3, 5, 7)


def test_a_softened_model_is_made_as_sure_as_the_one_that_was_calibrated():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (200, 4))
    raw = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    softened = with_temperature(raw, 1.6)

    matched = matched_temperature(0.8, raw, softened)

    np.testing.assert_allclose(matched, 0.8 / 1.6, rtol=1e-3)
    assert matched_temperature(1.0, raw, np.full((3, 4), 0.25)) == pytest.approx(0.1)


def test_tilted_ratings_are_right_on_average_and_keep_their_order():
    rng = np.random.default_rng(0)
    predicted, given = rng.dirichlet(np.ones(10), 50), rng.dirichlet(np.arange(1, 11), 50)
    ratings = np.arange(1, 11)

    shifts = rating_tilt(predicted, given)

    tilted = predicted * np.exp(shifts)
    tilted /= tilted.sum(axis=1, keepdims=True)
    np.testing.assert_allclose((tilted @ ratings).mean(), (given @ ratings).mean(), rtol=1e-5)
    assert (np.diff(shifts) > 0).all()
    np.testing.assert_allclose(rating_tilt(predicted, predicted), 0, atol=1e-6)
