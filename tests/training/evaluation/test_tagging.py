import numpy as np
import pytest
from sklearn.metrics import f1_score, log_loss, precision_score, recall_score

from stayrank_training.evaluation.tagging import evaluate

LABELS = ["a", "b", "c", "d"]


def test_it_agrees_with_scikit_learn():
    rng = np.random.default_rng(0)
    p, truth = rng.dirichlet(np.ones(4), 50), rng.integers(0, 3, 50)  # no photo shows d

    found = evaluate(p, truth, LABELS)

    predicted = p.argmax(axis=1)
    assert found["top1"] == pytest.approx((predicted == truth).mean())
    for name, score in (("f1", f1_score), ("precision", precision_score), ("recall", recall_score)):
        expected = score(truth, predicted, labels=[0, 1, 2], average="macro")
        assert found[f"macro_{name}"] == pytest.approx(expected)
    assert found["log_loss"] == pytest.approx(log_loss(truth, p, labels=range(4)))
    assert "recall_d" not in found
    assert found["recall_a"] == pytest.approx((predicted[truth == 0] == 0).mean())


def test_a_sure_and_right_tagger_is_perfectly_calibrated():
    found = evaluate(np.eye(4), np.arange(4), LABELS)

    assert (found["top1"], found["ece"], found["log_loss"]) == (1, 0, 0)


def test_confidence_that_is_too_high_costs_its_gap():
    truth = np.array([0] * 6 + [1] * 4)

    found = evaluate(np.tile([0.95, 0.05, 0, 0], (10, 1)), truth, LABELS)

    assert found["ece"] == pytest.approx(0.35)


def test_nothing_to_measure_on_is_refused():
    with pytest.raises(ValueError, match="no photo"):
        evaluate(np.zeros((0, 4)), np.zeros(0, int), LABELS)
