"""A weighted statistic is the plain one of the photos written out as often as they were drawn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import balanced_accuracy_score, f1_score, precision_score

from stayrank_training.evaluation import weighted

# Few values, so that ties are common.
cases = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 3)), min_size=2, max_size=12
)


def _written_out(case):
    x, y, counts = (np.array(column) for column in zip(*case, strict=True))
    return x, y, counts[None], np.repeat(x, counts), np.repeat(y, counts)


@given(cases)
def test_means_and_spreads(case):
    x, y, weights, xs, ys = _written_out(case)
    if not len(xs):
        assert np.isnan(weighted.mean(x, weights)[0])
        return

    assert weighted.mean(x, weights)[0] == pytest.approx(xs.mean())
    ratio = weighted.spread(x, y, weights)[0]
    assert np.isnan(ratio) if not ys.std() else ratio == pytest.approx(xs.std() / ys.std())


@given(cases)
def test_correlations(case):
    x, y, weights, xs, ys = _written_out(case)
    found = [f(x, y, weights)[0] for f in (weighted.linear_correlation, weighted.rank_correlation)]

    if len(xs) < 2 or not np.ptp(xs) or not np.ptp(ys):
        assert np.isnan(found).all()
    else:
        expected = [pearsonr(xs, ys).statistic, spearmanr(xs, ys).statistic]
        assert found == pytest.approx(expected, abs=1e-9)


@given(cases)
def test_precision_counts_a_class_that_is_never_predicted_as_zero(case):
    x, y, weights, xs, ys = _written_out(case)
    found = weighted.macro_average(x, y, 5, "precision", weights)[0]

    if not len(xs):
        assert np.isnan(found)
    else:
        precision = precision_score(ys, xs, labels=np.unique(ys), average="macro", zero_division=0)
        assert found == pytest.approx(precision)


@given(cases)
def test_the_calibration_error_is_the_mean_gap_over_bins(case):
    x, y, weights, xs, ys = _written_out(case)
    found = weighted.calibration_error((2 * x + 1) / 10, y > 2, weights)[0]

    if not len(xs):
        assert np.isnan(found)
    else:
        gaps = [
            (xs == b).sum() * abs((2 * b + 1) / 10 - (ys > 2)[xs == b].mean())
            for b in np.unique(xs)
        ]
        assert found == pytest.approx(sum(gaps) / len(xs))


@given(cases)
def test_f1_and_balanced_accuracy(case):
    x, y, weights, xs, ys = _written_out(case)
    if not len(xs):
        assert np.isnan(weighted.macro_average(x, y, 5, "f1", weights)[0])
        return

    f1 = f1_score(ys, xs, labels=np.unique(ys), average="macro", zero_division=0)
    assert weighted.macro_average(x, y, 5, "f1", weights)[0] == pytest.approx(f1)
    if len(np.unique(ys > 2)) == 2:
        expected = balanced_accuracy_score(ys > 2, xs > 2)
        assert weighted.balanced_accuracy(x > 2, y > 2, weights)[0] == pytest.approx(expected)


def test_every_resample_has_a_value_of_its_own():
    values = np.array([1.0, 2.0, 4.0])
    weights = np.array([[1, 1, 1], [3, 0, 0], [0, 1, 2]])

    assert weighted.mean(values, weights) == pytest.approx([7 / 3, 1, 10 / 3])
