from functools import partial

import numpy as np
import pytest

from stayrank_training.evaluation.figures import Figure, Resamples, share_interval
from stayrank_training.evaluation.weighted import linear_correlation, mean

ONES = np.ones(3)


def test_hotels_have_an_interval_only_where_they_are_known():
    right = np.arange(12) % 3 > 0
    known = Resamples.of([f"h{i // 4}" for i in range(12)])
    for hotels in ([""] * 12, ["one"] * 12):
        figure = Figure.of("x", partial(mean, right), Resamples.of(hotels))
        assert figure.value == pytest.approx(2 / 3)
        assert figure.interval
        assert figure.hotel_interval is None

    assert Figure.of("x", partial(mean, right), known).hotel_interval


def test_photos_without_a_hotel_are_drawn_one_by_one():
    weights = Resamples.of(["h", "h", "", ""]).hotels

    assert np.array_equal(weights[:, 0], weights[:, 1])
    assert not np.array_equal(weights[:, 2], weights[:, 3])


def test_what_is_undefined_is_null_in_json():
    figure = Figure.of("x", partial(linear_correlation, ONES, ONES), Resamples.of([""] * 3))

    assert '"value":null' in figure.model_dump_json()


def test_four_of_four_do_not_promise_that_all_ever_will_be():
    found = share_interval(np.ones(4, bool))

    z = 1.959964
    assert found.low == pytest.approx(4 / (4 + z**2), rel=1e-4)  # Wilson, at 1
    assert found.high == pytest.approx(1)
    assert share_interval(np.zeros(0, bool)) is None
