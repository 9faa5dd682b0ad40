import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_gallery.ranking import Gallery, coverage_value
from stayrank_gallery.ranking.optimum import greedy_shares, largest_value

trade_offs = st.sampled_from([0.0, 0.3, 0.7, 1.0])


@given(st.data(), trade_offs)
def test_it_is_the_best_of_all_sets(galleries, data, trade_off):
    gallery = data.draw(galleries(max_photos=8))
    size = data.draw(st.integers(0, len(gallery)))
    weights = np.arange(1.0, 1.0 + gallery.probabilities.shape[1])

    best = max(
        coverage_value(gallery, chosen, trade_off=trade_off, weights=weights)
        for chosen in itertools.combinations(range(len(gallery)), size)
    )

    found = largest_value(gallery, size, trade_off=trade_off, weights=weights)
    assert found == pytest.approx(best, abs=1e-12)


@given(st.data(), trade_offs)
def test_the_greedy_order_keeps_its_guarantee_and_never_beats_the_best(galleries, data, trade_off):
    gallery = data.draw(galleries(max_photos=8))

    shares = greedy_shares(gallery, 5, trade_off=trade_off)

    assert len(shares) == min(5, len(gallery))
    assert all(1 - 1 / math.e - 1e-9 <= share <= 1 + 1e-9 for share in shares)
    assert shares[0] == pytest.approx(1)


def test_a_cover_that_shows_a_bit_of_everything_spoils_the_pair():
    gallery = Gallery([0.9, 0.8, 0.8], [[0.5, 0.5], [1, 0], [0, 1]])

    assert greedy_shares(gallery, 2, trade_off=1.0) == pytest.approx([1, 0.8375])


def test_forty_photos_are_searched_to_the_end():
    numbers = np.random.default_rng(0)
    gallery = Gallery(0.3 + 0.4 * numbers.random(40), numbers.dirichlet(np.full(8, 0.3), 40))

    shares = greedy_shares(gallery, 5, trade_off=0.7)

    assert min(shares) > 0.95


@pytest.mark.parametrize("size", [-1, 2])
def test_more_photos_than_there_are_is_refused(size):
    with pytest.raises(ValueError, match="0 to 1 photos"):
        largest_value(Gallery([0.5], [[1]]), size, trade_off=0.5)


def test_where_nothing_has_value_greedy_is_as_good_as_any():
    assert greedy_shares(Gallery([0, 0], [[1], [0]]), 2, trade_off=0.5) == [1, 1]
