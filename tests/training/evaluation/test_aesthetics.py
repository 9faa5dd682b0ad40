import numpy as np
import pytest

from stayrank_training.evaluation.aesthetics import evaluate

GIVEN = np.random.default_rng(0).dirichlet(np.ones(10), 30)


def test_the_truth_itself_is_perfect():
    found = evaluate(GIVEN, GIVEN)

    assert found["emd"] == found["mean_score_error"] == 0
    assert found["lcc"] == pytest.approx(1)
    assert found["srcc"] == pytest.approx(1)
    assert found["accuracy_at_5"] == 1


def test_turning_the_scale_round_turns_the_correlation_round():
    assert evaluate(GIVEN[:, ::-1], GIVEN)["srcc"] == pytest.approx(-1)


def test_one_photo_has_no_correlation():
    with pytest.raises(ValueError, match="two photos"):
        evaluate(GIVEN[:1], GIVEN[:1])
