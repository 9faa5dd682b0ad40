import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_gallery.ranking import (
    Cause,
    Constraints,
    CoverageGains,
    Gallery,
    MmrGains,
    RoundRobinGains,
    ScoreGains,
    arrange,
    coverage_order,
    plain_order,
)

STRATEGIES = {
    "coverage": lambda gallery: CoverageGains(gallery, trade_off=0.7),
    "score": ScoreGains,
    "round_robin": RoundRobinGains,
    "mmr": lambda gallery: MmrGains(gallery, trade_off=0.3),
}
strategies = st.sampled_from(sorted(STRATEGIES))


@st.composite
def constraints_on(draw, gallery: Gallery, margins=(0.0, 0.01, 0.2, 1.0)) -> Constraints:
    indices = range(len(gallery))
    pinned = draw(st.lists(st.sampled_from(indices), unique=True, max_size=3))
    places = draw(st.permutations(range(len(gallery) + 2)))  # some are beyond the last
    present = draw(st.permutations(indices))[: draw(st.integers(0, len(gallery)))]
    return Constraints(
        areas=gallery.top_tags,
        pins=dict(zip(places, pinned, strict=False)),
        max_run=draw(st.none() | st.integers(1, 3)),
        present=np.array(present, dtype=np.intp),
        margin=draw(st.sampled_from(margins)),
    )


def of_areas(areas, **wishes) -> Constraints:
    return Constraints(np.array(areas), **wishes)


def of_scores(scores, areas=None) -> Gallery:
    areas = [0] * len(scores) if areas is None else areas
    return Gallery(scores, np.eye(3)[areas])


@given(st.data(), strategies)
def test_every_photo_has_one_place_and_every_place_a_cause(galleries, data, strategy):
    gallery = data.draw(galleries())
    arranged = arrange(STRATEGIES[strategy](gallery), data.draw(constraints_on(gallery)))

    assert sorted(arranged.order) == list(range(len(gallery)))
    assert len(arranged.causes) == len(gallery)


@given(st.data(), strategies)
def test_without_wishes_it_is_the_plain_order(galleries, data, strategy):
    gallery = data.draw(galleries())
    arranged = arrange(STRATEGIES[strategy](gallery), Constraints(gallery.top_tags))

    assert np.array_equal(arranged.order, plain_order(STRATEGIES[strategy](gallery), len(gallery)))
    assert set(arranged.causes) == {Cause.GAIN}


@given(st.data(), strategies)
def test_pinned_photos_stand_at_their_places_and_the_last_ones_move_up(galleries, data, strategy):
    gallery = data.draw(galleries())
    constraints = data.draw(constraints_on(gallery))

    arranged = arrange(STRATEGIES[strategy](gallery), constraints)

    where = {int(index): place for place, index in enumerate(arranged.order)}
    pinned = [index for _, index in sorted(constraints.pins.items())]
    assert [where[index] for index in pinned] == sorted(where[index] for index in pinned)
    for place, index in constraints.pins.items():
        assert arranged.causes[where[index]] is Cause.PINNED
        assert where[index] <= place
        # It moved up only because nothing but pinned photos was left.
        left = arranged.order[where[index] :].tolist()
        assert where[index] == place or set(left) <= set(pinned)
    assert arranged.causes.count(Cause.PINNED) == len(pinned)


def runs_on(constraints: Constraints, before: list[int], index: int) -> bool:
    """Whether a photo would lengthen a run beyond the limit, the pins after it included."""
    area, place, sequence = constraints.areas[index], len(before), [*before, index]
    while len(sequence) in constraints.pins:
        sequence.append(constraints.pins[len(sequence)])
    first = last = place
    while first and constraints.areas[sequence[first - 1]] == area:
        first -= 1
    while last + 1 < len(sequence) and constraints.areas[sequence[last + 1]] == area:
        last += 1
    return constraints.max_run is not None and area >= 0 and last - first + 1 > constraints.max_run


@given(st.data(), strategies)
def test_every_cause_tells_the_truth(galleries, data, strategy):
    gallery = data.draw(galleries())
    constraints = data.draw(constraints_on(gallery))
    arranged = arrange(STRATEGIES[strategy](gallery), constraints)

    gains = STRATEGIES[strategy](gallery)
    for place, (index, cause) in enumerate(zip(arranged.order, arranged.causes, strict=True)):
        values, before = gains(), arranged.order[:place].tolist()
        left = sorted(set(arranged.order[place:].tolist()) - set(constraints.pins.values()))
        match cause:
            case Cause.PINNED:
                assert index in constraints.pins.values()
            case Cause.GAIN:
                assert values[index] == values[left].max()
            case Cause.HELD:
                assert index in constraints.present
                assert values[index] <= values[left].max() <= values[index] + constraints.margin
            case Cause.RUN:
                wanted = [
                    other for other in left if values[other] >= values[index] - constraints.margin
                ]
                assert any(runs_on(constraints, before, other) for other in wanted)
        gains.place(int(index))


@given(st.data(), strategies)
def test_a_run_is_too_long_only_where_no_other_photo_was_left(galleries, data, strategy):
    gallery = data.draw(galleries())
    constraints = data.draw(constraints_on(gallery))

    arranged = arrange(STRATEGIES[strategy](gallery), constraints)

    for place, index in enumerate(arranged.order):
        before = arranged.order[:place].tolist()
        if arranged.causes[place] is not Cause.PINNED and runs_on(constraints, before, index):
            others = set(arranged.order[place:].tolist()) - set(constraints.pins.values())
            assert all(runs_on(constraints, before, other) for other in others)


@given(st.data(), strategies)
def test_an_order_that_came_out_stays_while_nothing_changes(galleries, data, strategy):
    gallery = data.draw(galleries())
    constraints = data.draw(constraints_on(gallery, margins=(0.01, 0.2, 1.0)))
    once = arrange(STRATEGIES[strategy](gallery), constraints).order
    again = Constraints(
        constraints.areas, constraints.pins, constraints.max_run, once, constraints.margin
    )

    assert np.array_equal(arrange(STRATEGIES[strategy](gallery), again).order, once)


@given(st.data(), st.sampled_from([0.01, 0.05, 0.3]), st.integers(0, 2**32 - 1))
def test_small_changes_of_scores_flip_nothing(galleries, data, margin, seed):
    """A quality that moves by δ moves a gain of F by at most δ (1 + n)."""
    gallery = data.draw(galleries())
    before = coverage_order(gallery, trade_off=0.7)
    noise = np.random.default_rng(seed).uniform(-1, 1, len(gallery))
    quality = gallery.quality + noise * margin / 2 / (1 + len(gallery))
    after = Gallery(quality.clip(0, 1), gallery.probabilities, views=gallery.views)

    constraints = Constraints(gallery.top_tags, present=before, margin=margin)
    arranged = arrange(CoverageGains(after, trade_off=0.7), constraints)

    assert np.array_equal(arranged.order, before)


@given(st.data(), strategies)
def test_without_a_margin_the_present_order_has_no_say(galleries, data, strategy):
    gallery = data.draw(galleries())
    constraints = data.draw(constraints_on(gallery, margins=(0.0,)))
    fresh = Constraints(constraints.areas, constraints.pins, constraints.max_run)

    order = arrange(STRATEGIES[strategy](gallery), constraints).order

    assert np.array_equal(order, arrange(STRATEGIES[strategy](gallery), fresh).order)


@given(st.data())
def test_with_a_margin_of_one_a_present_order_of_scores_stays(galleries, data):
    gallery = data.draw(galleries())
    present = np.array(data.draw(st.permutations(range(len(gallery)))))

    constraints = Constraints(gallery.top_tags, present=present, margin=1.0)

    assert np.array_equal(arrange(ScoreGains(gallery), constraints).order, present)


def test_a_photo_overtakes_only_by_more_than_the_margin():
    gallery = of_scores([0.5, 0.75, 0.25])
    present = np.array([0, 1, 2])

    within = arrange(ScoreGains(gallery), of_areas([0] * 3, present=present, margin=0.25))
    beyond = arrange(ScoreGains(gallery), of_areas([0] * 3, present=present, margin=0.2))

    assert within.order.tolist() == [0, 1, 2]
    assert within.causes == [Cause.HELD, Cause.GAIN, Cause.GAIN]
    assert beyond.order.tolist() == [1, 0, 2]
    assert beyond.causes == [Cause.GAIN] * 3


def test_a_new_photo_enters_a_present_order_where_it_gains_enough_more():
    gallery = of_scores([0.8, 0.6, 0.4, 0.65])

    constraints = of_areas([0] * 4, present=np.array([0, 1, 2]), margin=0.1)

    assert arrange(ScoreGains(gallery), constraints).order.tolist() == [0, 1, 3, 2]


def test_photos_after_a_pinned_one_go_with_it():
    """With the second pool as cover, the first pool has less to add."""
    gallery = of_scores([0.9, 0.8, 0.7], areas=[0, 0, 1])

    pinned = arrange(CoverageGains(gallery, trade_off=0.7), of_areas(gallery.top_tags, pins={0: 1}))

    assert pinned.order.tolist() == [1, 2, 0]


@pytest.mark.parametrize(
    ("max_run", "order"), [(None, [0, 1, 2, 3, 4]), (2, [0, 1, 3, 2, 4]), (1, [0, 3, 1, 4, 2])]
)
def test_a_run_is_broken_by_the_best_of_another_area(max_run, order):
    gallery = of_scores([0.9, 0.8, 0.7, 0.6, 0.5], areas=[0, 0, 0, 1, 1])

    arranged = arrange(ScoreGains(gallery), of_areas(gallery.top_tags, max_run=max_run))

    assert arranged.order.tolist() == order
    early = {place for place, index in enumerate(order) if index == 3 and max_run}
    assert {p for p, cause in enumerate(arranged.causes) if cause is Cause.RUN} >= early


def test_a_run_into_a_pinned_photo_is_broken_before_it():
    gallery = of_scores([0.9, 0.8, 0.7, 0.6], areas=[0, 0, 0, 1])

    constraints = of_areas(gallery.top_tags, max_run=1, pins={1: 1})

    assert arrange(ScoreGains(gallery), constraints).order.tolist() == [3, 1, 0, 2]


def test_photos_of_no_known_area_make_no_run():
    gallery = Gallery([0.9, 0.8, 0.1], [[0, 0], [0, 0], [1, 0]])

    assert arrange(ScoreGains(gallery), of_areas([-1, -1, 0], max_run=1)).order.tolist() == [
        0,
        1,
        2,
    ]


def test_an_empty_gallery_has_an_empty_arrangement():
    gallery = Gallery([], np.empty((0, 3)))

    assert arrange(ScoreGains(gallery), of_areas([])).order.tolist() == []
