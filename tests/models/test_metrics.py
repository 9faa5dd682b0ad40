import numpy as np
import pytest

pytestmark = pytest.mark.keras

ONE, FIVE, SIX, TEN = np.eye(10, dtype=np.float32)[[0, 4, 5, 9]]


@pytest.fixture(scope="module")
def metrics():
    from stayrank_models import metrics

    return metrics


def test_the_error_is_in_rating_points_and_averages_over_batches(metrics):
    metric = metrics.MeanScoreError()
    metric.update_state(np.stack([ONE]), np.stack([SIX]))
    metric.update_state(np.stack([TEN]), np.stack([TEN]))

    assert float(metric.result()) == pytest.approx(2.5)


def test_accuracy_counts_scores_on_the_right_side_of_five(metrics):
    metric = metrics.AccuracyAtFive()
    metric.update_state(np.stack([ONE, FIVE, TEN]), np.stack([FIVE, TEN, TEN]))

    assert float(metric.result()) == pytest.approx(2 / 3)


@pytest.mark.parametrize("name", ["MeanScoreError", "AccuracyAtFive"])
def test_a_metric_comes_back_from_its_configuration(metrics, name):
    metric = getattr(metrics, name)(name="m")

    assert type(metric).from_config(metric.get_config()).name == "m"
