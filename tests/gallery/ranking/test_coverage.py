import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_gallery.ranking import (
    CoverageGains,
    Gallery,
    coverage_order,
    coverage_value,
)

trade_offs = st.sampled_from([0.0, 0.1, 0.5, 0.7, 1.0])


def value_by_hand(gallery: Gallery, chosen, trade_off: float, weights) -> float:
    """F, view by view and area by area."""
    q, p = gallery.quality, gallery.probabilities
    seen = sum(
        1 - math.prod(1 - q[i] * (1 + p[i].sum()) / 2 for i in chosen if gallery.views[i] == view)
        for view in set(gallery.views)
    )
    covered = sum(
        w * (1 - math.prod(1 - p[i, t] * q[i] for i in chosen)) for t, w in enumerate(weights)
    )
    return (1 - trade_off) * seen + trade_off * covered


@given(st.data(), trade_offs)
def test_every_photo_has_one_place(galleries, data, trade_off):
    gallery = data.draw(galleries())

    order = coverage_order(gallery, trade_off=trade_off)

    assert sorted(order) == list(range(len(gallery)))


@given(st.data(), trade_offs)
def test_each_step_adds_at_least_as_much_to_f_as_any_other_photo_would(galleries, data, trade_off):
    gallery = data.draw(galleries(max_photos=7))
    weights = data.draw(
        st.lists(
            st.sampled_from([0.0, 1.0, 2.5]),
            min_size=gallery.probabilities.shape[1],
            max_size=gallery.probabilities.shape[1],
        )
    )
    order = list(coverage_order(gallery, trade_off=trade_off, weights=weights))

    for place in range(len(order)):
        shown = order[:place]
        reached = value_by_hand(gallery, order[: place + 1], trade_off, weights)
        for other in order[place:]:
            assert reached >= value_by_hand(gallery, [*shown, other], trade_off, weights) - 1e-9


@given(st.data(), trade_offs)
def test_the_value_is_f(galleries, data, trade_off):
    gallery = data.draw(galleries())
    chosen = data.draw(st.sets(st.integers(0, len(gallery) - 1)))
    weights = np.arange(gallery.probabilities.shape[1], dtype=float)

    value = coverage_value(gallery, sorted(chosen), trade_off=trade_off, weights=weights)

    assert value == pytest.approx(value_by_hand(gallery, chosen, trade_off, weights), abs=1e-12)


@given(st.data(), trade_offs)
def test_f_grows_with_every_photo_and_ever_more_slowly(galleries, data, trade_off):
    """Monotone and submodular: what the guarantee of the greedy order rests on."""
    gallery = data.draw(galleries(max_photos=6))
    large = data.draw(st.sets(st.integers(0, len(gallery) - 1)))
    small = data.draw(st.sets(st.sampled_from(sorted(large)))) if large else set()

    def value(chosen: set[int]) -> float:
        return coverage_value(gallery, sorted(chosen), trade_off=trade_off)

    for photo in set(range(len(gallery))) - large:
        gain_late = value(large | {photo}) - value(large)
        gain_early = value(small | {photo}) - value(small)

        assert -1e-12 <= gain_late <= gain_early + 1e-12


@given(st.data(), trade_offs)
def test_every_prefix_is_nearly_the_best_set_of_its_size(galleries, data, trade_off):
    gallery = data.draw(galleries(max_photos=7))
    order = coverage_order(gallery, trade_off=trade_off)

    for size in range(1, len(gallery) + 1):
        best = max(
            coverage_value(gallery, subset, trade_off=trade_off)
            for subset in itertools.combinations(range(len(gallery)), size)
        )
        greedy = coverage_value(gallery, order[:size], trade_off=trade_off)
        assert greedy >= (1 - 1 / math.e) * best - 1e-12


@given(st.data())
def test_without_areas_photos_of_the_property_are_sorted_by_quality(galleries, data):
    quality = data.draw(galleries()).quality
    gallery = Gallery(quality, np.ones((len(quality), 1)))

    assert np.array_equal(
        coverage_order(gallery, trade_off=0), np.argsort(-gallery.quality, kind="stable")
    )


@given(st.data(), trade_offs)
def test_equal_photos_keep_the_order_in_which_they_came(galleries, data, trade_off):
    gallery = data.draw(galleries(max_photos=10, max_areas=8))
    copies = np.repeat(np.arange(len(gallery)), 4)
    order = coverage_order(gallery.take(copies), trade_off=trade_off)

    places = np.argsort(order).reshape(-1, 4)  # of the four copies of each photo
    assert (np.diff(places, axis=1) > 0).all()


def test_equal_photos_keep_their_order_in_large_galleries_of_many_areas():
    """Sums in different order round differently; matrix products do that from row to row."""
    numbers = np.random.default_rng(0)
    for _ in range(300):
        photos, areas = numbers.integers(2, 12), numbers.integers(2, 9)
        quality, p = numbers.random(photos), numbers.dirichlet(np.ones(areas), photos)
        copies = np.sort(numbers.integers(0, photos, numbers.integers(2, 40)))
        order = coverage_order(Gallery(quality[copies], p[copies]), trade_off=0.7)

        places = np.argsort(order)
        same = np.flatnonzero(np.diff(copies) == 0)
        assert (places[same] < places[same + 1]).all()


@given(st.data(), trade_offs)
def test_a_prefix_is_the_answer_for_a_smaller_gallery(galleries, data, trade_off):
    """What was left out by a limit had no say in what was shown."""
    gallery = data.draw(galleries())
    order = coverage_order(gallery, trade_off=trade_off)
    size = data.draw(st.integers(1, len(gallery)))
    kept = np.sort(order[:size])

    again = kept[coverage_order(gallery.take(kept), trade_off=trade_off)]

    assert np.array_equal(again, order[:size])


def test_a_photo_of_no_known_area_covers_nothing_and_keeps_half_of_its_quality():
    gallery = Gallery([0.5, 0.9], [[1.0, 0.0], [0.0, 0.0]])

    assert coverage_value(gallery, [1], trade_off=1) == 0
    assert coverage_value(gallery, [1], trade_off=0) == pytest.approx(0.45)
    for trade_off in (0, 0.2, 1):
        assert coverage_order(gallery, trade_off=trade_off).tolist() == [0, 1]


@pytest.mark.parametrize("trade_off", [0, 0.2, 0.7])
def test_a_view_that_was_shown_well_comes_again_after_others(trade_off):
    """Else the cover would be followed by itself, framed again."""
    areas = [[1, 0], [1, 0], [1, 0]]
    apart, together = (
        coverage_order(Gallery([0.8, 0.7, 0.5], areas, views=views), trade_off=trade_off)
        for views in ([0, 1, 2], [0, 0, 2])
    )

    assert apart.tolist() == [0, 1, 2]
    assert together.tolist() == [0, 2, 1]


def test_a_view_that_was_shown_badly_leaves_room_for_a_better_photo_of_it():
    gallery = Gallery([0.8, 0.1, 0.6], [[1], [1], [1]], views=[0, 0, 2])
    gains = CoverageGains(gallery, trade_off=0)

    gains.place(1)

    assert gains()[0] == pytest.approx(0.8 * 0.9)
    assert gains()[2] == pytest.approx(0.6)


def test_another_area_comes_before_a_second_better_photo_of_the_same():
    gallery = Gallery([0.9, 0.8, 0.6], [[1, 0], [1, 0], [0, 1]])

    assert coverage_order(gallery, trade_off=0.7).tolist() == [0, 2, 1]
    assert coverage_order(gallery, trade_off=0.1).tolist() == [0, 1, 2]


def test_a_dull_first_photo_leaves_room_for_a_better_one_of_its_area():
    """Coverage is by p·q: an area shown badly is not yet shown."""
    gallery = Gallery([0.9, 0.1, 0.8], [[1, 0], [0, 1], [0, 1]])

    assert coverage_order(gallery, trade_off=0.7).tolist() == [0, 2, 1]


def test_an_area_shown_perfectly_has_nothing_left_to_gain():
    gallery = Gallery([1, 1, 0.05], [[1, 0], [1, 0], [0, 1]])

    assert coverage_order(gallery, trade_off=1).tolist() == [0, 2, 1]


def test_weights_say_which_area_matters():
    gallery = Gallery([0.5, 0.5, 0.5], [[1, 0, 0], [0, 1, 0], [0, 0, 1]])

    assert coverage_order(gallery, trade_off=0.7, weights=[1, 3, 2]).tolist() == [1, 2, 0]
    assert coverage_order(gallery, trade_off=0.7, weights=[0, 0, 1]).tolist() == [2, 0, 1]


@pytest.mark.parametrize("trade_off", [-0.1, 1.1, float("nan"), float("inf")])
def test_a_trade_off_out_of_range_is_refused(trade_off):
    with pytest.raises(ValueError, match="trade-off"):
        coverage_order(Gallery([0.5], [[1]]), trade_off=trade_off)


@pytest.mark.parametrize("weights", [[1], [1, 1, 1], [1, -1], [1, float("nan")], 1, [[1, 1]]])
def test_weights_that_do_not_fit_are_refused(weights):
    gallery = Gallery([0.5], [[1, 0]])

    with pytest.raises(ValueError, match="weights"):
        coverage_order(gallery, trade_off=0.5, weights=weights)
    with pytest.raises(ValueError, match="weights"):
        coverage_value(gallery, [0], trade_off=0.5, weights=weights)


def test_an_empty_gallery_has_an_empty_order():
    assert coverage_order(Gallery([], np.empty((0, 2))), trade_off=0.7).tolist() == []
