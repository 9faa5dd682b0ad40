import numpy as np
import pytest

from stayrank_models.answers import with_temperature
from stayrank_training.evaluation.reliability import calibration


def test_bins_count_photos_and_compare_confidence_with_accuracy(tag_judgements):
    judged = tag_judgements([0, 0, 0, 0, 1], [0, 0, 0, 1, 1], [0.95, 0.95, 0.95, 0.95, 0.55])

    found = calibration(judged, 1.0)

    low, high = found.served.bins
    assert (low.low, low.high, low.photos, low.accuracy) == (0.5, 0.6, 1, 1)
    assert (high.photos, high.accuracy) == (4, 0.75)
    assert found.served.ece == pytest.approx((4 * 0.2 + 0.45) / 5)
    assert found.raw == found.served


def test_the_temperature_is_undone_for_raw(tag_judgements):
    judged = tag_judgements([0, 1], [0, 1], [0.6, 0.6])
    raw = with_temperature(judged.probabilities, 0.5)

    found = calibration(judged, 2.0)

    assert found.raw.bins[0].confidence == pytest.approx(float(raw.max()))
    assert found.raw.ece == pytest.approx(1 - float(raw.max()))
    assert np.isclose(found.served.ece, 0.4)
