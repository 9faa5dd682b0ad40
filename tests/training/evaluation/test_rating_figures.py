import pytest

from stayrank_training.evaluation.figures import Resamples
from stayrank_training.evaluation.rating_figures import rating_figures


@pytest.fixture
def judged(rating_judgements):
    return rating_judgements([2, 4, 5, 6, 7, 9] * 4, [1, 4, 6, 5, 8, 9] * 4)


def test_baselines_stand_beside_each_figure(judged):
    resamples = Resamples.of(judged.hotels)
    figures = rating_figures(judged, resamples, judged.given.mean(axis=0), judged.given)
    by_name = {figure.name: figure for figure in figures}

    assert by_name["srcc"].constant is None
    assert by_name["spread"].constant == pytest.approx(0, abs=1e-9)
    assert by_name["emd"].baseline == 0
    assert by_name["emd"].gain == by_name["emd"].value > 0
    assert by_name["emd"].gain_interval.low > 0
    for figure in figures:
        assert figure.interval.low <= figure.value <= figure.interval.high


def test_a_model_gains_nothing_over_itself(judged):
    resamples = Resamples.of(judged.hotels)
    for figure in rating_figures(judged, resamples, judged.given[0], judged.predicted):
        assert figure.gain == 0
        assert figure.gain_interval == (0, 0)


def test_without_a_baseline_there_is_no_gain(judged):
    (figure, *_) = rating_figures(judged, Resamples.of(judged.hotels), judged.given[0], None)

    assert (figure.baseline, figure.gain, figure.gain_interval) == (None, None, None)
