import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stayrank_gallery.ranking import Gallery, ScoreGains, plain_order


def order_of(gallery):
    return plain_order(ScoreGains(gallery), len(gallery))


@given(st.data())
def test_the_best_comes_first_and_equals_keep_their_order(galleries, data):
    gallery = data.draw(galleries())

    order = order_of(gallery)

    pairs = [(-gallery.quality[i], i) for i in order]
    assert pairs == sorted((-q, i) for i, q in enumerate(gallery.quality))


def test_areas_do_not_matter():
    assert order_of(Gallery([0.1, 0.9], np.zeros((2, 1)))).tolist() == [1, 0]
