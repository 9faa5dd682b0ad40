import numpy as np
import pytest
from scipy.stats import pearsonr, spearmanr

from stayrank_training.evaluation.aesthetics import evaluate

GIVEN = np.random.default_rng(0).dirichlet(np.ones(10), 30)


def test_the_truth_itself_is_perfect():
    found = evaluate(GIVEN, GIVEN)

    assert found["emd"] == found["mean_score_error"] == 0
    assert found["lcc"] == pytest.approx(1)
    assert found["srcc"] == pytest.approx(1)
    assert found["accuracy_at_5"] == 1


def test_correlations_are_those_of_scipy():
    p, q = (x @ np.arange(1, 11) for x in (GIVEN[:-1], GIVEN[1:]))

    found = evaluate(GIVEN[:-1], GIVEN[1:])

    assert found["lcc"] == pytest.approx(pearsonr(p, q).statistic)
    assert found["srcc"] == pytest.approx(spearmanr(p, q).statistic)


def test_turning_the_scale_round_turns_the_correlation_round():
    assert evaluate(GIVEN[:, ::-1], GIVEN)["srcc"] == pytest.approx(-1)


def test_one_photo_has_no_correlation():
    with pytest.raises(ValueError, match="two photos"):
        evaluate(GIVEN[:1], GIVEN[:1])


def _all_on(*ratings):
    return np.eye(10)[np.array(ratings) - 1]


def test_balanced_accuracy_does_not_let_the_larger_side_hide_the_smaller():
    found = evaluate(_all_on(6, 7, 8, 6, 7, 8), _all_on(6, 7, 8, 9, 9, 2))

    assert found["accuracy_at_5"] == pytest.approx(5 / 6)
    assert found["balanced_accuracy_at_5"] == 0.5


def test_a_five_is_good():
    assert evaluate(_all_on(5, 5, 4), _all_on(6, 10, 1))["accuracy_at_5"] == 1
    assert evaluate(_all_on(5, 5), _all_on(1, 4))["balanced_accuracy_at_5"] == 0


def test_a_model_that_plays_safe_has_half_the_spread():
    assert evaluate(_all_on(4, 6), _all_on(3, 7))["spread"] == pytest.approx(0.5)


def test_one_answer_for_all_has_no_correlation_and_no_spread():
    found = evaluate(_all_on(5, 5, 5), _all_on(3, 4, 7))

    assert np.isnan([found["lcc"], found["srcc"]]).all()
    assert found["spread"] == 0


def test_the_second_earth_movers_distance_is_that_of_training():
    found = evaluate(GIVEN[:-1], GIVEN[1:])

    gaps = np.cumsum(GIVEN[:-1] - GIVEN[1:], axis=1)
    assert found["emd_r2"] == pytest.approx(np.sqrt((gaps**2).mean(axis=1)).mean())
    assert found["emd_r2"] >= found["emd"]
