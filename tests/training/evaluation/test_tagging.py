import numpy as np
import pytest
from sklearn.metrics import f1_score, log_loss

from stayrank_training.evaluation.tagging import evaluate, expected_calibration_error

LABELS = ["a", "b", "c", "d"]


def test_it_agrees_with_scikit_learn():
    rng = np.random.default_rng(0)
    p, truth = rng.dirichlet(np.ones(4), 50), rng.integers(0, 3, 50)  # no photo shows d

    found = evaluate(p, truth, LABELS)

    predicted = p.argmax(axis=1)
    assert found["top1"] == pytest.approx((predicted == truth).mean())
    expected = f1_score(truth, predicted, labels=[0, 1, 2], average="macro")
    assert found["macro_f1"] == pytest.approx(expected)
    assert found["log_loss"] == pytest.approx(log_loss(truth, p, labels=range(4)))
    assert "recall_d" not in found
    assert found["recall_a"] == pytest.approx((predicted[truth == 0] == 0).mean())


def test_a_sure_and_right_tagger_is_perfectly_calibrated():
    found = evaluate(np.eye(4), np.arange(4), LABELS)

    assert (found["top1"], found["ece"], found["log_loss"]) == (1, 0, 0)


def test_confidence_that_is_too_high_costs_its_gap():
    right = np.array([True] * 6 + [False] * 4)

    assert expected_calibration_error(np.full(10, 0.95), right) == pytest.approx(0.35)


def test_nothing_to_measure_on_is_refused():
    with pytest.raises(ValueError, match="no photo"):
        evaluate(np.zeros((0, 4)), np.zeros(0, int), LABELS)
