import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_common.errors import DatasetError
from stayrank_common.taxonomy import Taxonomy
from stayrank_models.answers import with_temperature
from stayrank_models.rejection import known_score
from stayrank_training.rejection import NO_OUTPUT, calibrate, rejection_rates


def taxonomy(rejection=True, **area) -> Taxonomy:
    names = {"names": {"en": "room"}}
    areas = [{"id": "bed", **names, **area}, {"id": "bath", **names}]
    return Taxonomy.model_validate(
        {"areas": areas, **({"rejection": {"folders": ["other"]}} if rejection else {})}
    )


def photos(seed=0, outputs=3, count=600):
    """Raw probabilities that are right most of the time, and the truth."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, outputs, count)
    logits = rng.normal(0, 1.5, (count, outputs)) + 2 * np.eye(outputs)[truth]
    odds = np.exp(logits)
    return odds / odds.sum(axis=1, keepdims=True), truth


@given(st.floats(0.5, 1), st.integers(0, 5))
def test_the_threshold_keeps_the_wanted_share_of_rightly_tagged_photos(share, seed):
    raw, truth = photos(seed)

    fitted = calibrate(raw, truth, taxonomy(), kept_share=share)

    p = with_temperature(raw, fitted.temperature)
    right = p[:, :2].argmax(axis=1) == truth
    kept = known_score(p[right], 2) >= fitted.threshold
    assert share - 1e-9 <= kept.mean() <= share + 0.02


@given(st.floats(0, 0.99), st.integers(0, 5))
def test_a_rate_of_false_accepts_is_kept_and_not_undercut_by_much(rate, seed):
    raw, truth = photos(seed)

    fitted = calibrate(raw, truth, taxonomy(), kept_share=0.9, false_accept=rate)

    p = with_temperature(raw, fitted.temperature)
    accepted = (known_score(p[truth == 2], 2) >= fitted.threshold).mean()
    assert rate - 0.02 <= accepted <= rate


def test_without_a_rejecting_output_the_photos_of_no_area_are_the_unrelated_ones():
    raw, truth = photos(outputs=2)
    truth[:100] = NO_OUTPUT
    areas = taxonomy(rejection=False)

    fitted = calibrate(raw, truth, areas, kept_share=0.9, false_accept=0.3)

    p = with_temperature(raw, fitted.temperature)
    folders = np.where(truth == NO_OUTPUT, "gym", "bed").tolist()
    rates = rejection_rates(p, truth, folders, areas, fitted)
    assert 0.28 <= rates["false_accept"] <= 0.3
    assert rates["false_accept"] == rates["false_accept_gym"]


def test_every_class_that_is_no_area_gets_its_rate():
    areas = taxonomy()
    p = np.array(
        [[0.9, 0.0, 0.1], [0.2, 0.0, 0.8], [0.1, 0.1, 0.8], [0.8, 0.1, 0.1], [0, 0.9, 0.1]]
    )
    truth = np.array([0, 1, 2, 2, NO_OUTPUT])
    calibration = calibrate(p, truth, areas, kept_share=1.0).model_copy(update={"threshold": 0.5})

    rates = rejection_rates(p, truth, ["bed", "bath", "other", "other", "gym"], areas, calibration)

    assert rates == {
        "kept_known": 0.5,
        "false_accept": 0.5,
        "false_accept_gym": 1.0,
        "false_accept_other": 0.5,
    }


def test_an_areas_own_threshold_is_passed_on():
    fitted = calibrate(*photos(), taxonomy(threshold=0.8), kept_share=0.9)

    assert fitted.thresholds == {"bed": 0.8}


def test_what_cannot_be_calibrated_is_said():
    raw, truth = photos(outputs=3)
    sure = np.array([[1.0, 0.0, 0.0]] * 10 + [[0.0, 1.0, 0.0]] * 10)
    fooled = np.array([2] * 10 + [1] * 10)

    with pytest.raises(DatasetError, match="tagged rightly"):
        calibrate(np.eye(3), np.array([1, 0, 2]), taxonomy(), kept_share=0.9)
    with pytest.raises(DatasetError, match="no validation photo is unrelated"):
        calibrate(raw[:, :2], truth % 2, taxonomy(), kept_share=0.9, false_accept=0.1)
    with pytest.raises(DatasetError, match="without any doubt"):
        calibrate(sure, fooled, taxonomy(), kept_share=0.9, false_accept=0.5)
