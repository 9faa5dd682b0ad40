import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stayrank_gallery.ranking import Gallery, RoundRobinGains, plain_order


def order_of(gallery):
    return plain_order(RoundRobinGains(gallery), len(gallery))


@given(st.data())
def test_every_photo_has_one_place(galleries, data):
    gallery = data.draw(galleries())

    assert sorted(order_of(gallery)) == list(range(len(gallery)))


@given(st.data())
def test_no_area_is_shown_again_before_each_was_shown_as_often(galleries, data):
    gallery = data.draw(galleries())
    tags = gallery.top_tags
    left = {tag: int((tags == tag).sum()) for tag in set(tags.tolist()) - {-1}}
    shown = dict.fromkeys(left, 0)

    for tag in tags[order_of(gallery)]:
        if tag < 0:
            assert shown == left  # photos of no known area come after all others
            continue
        unfinished = [count for t, count in shown.items() if count < left[t]]
        assert shown[tag] == min(unfinished)
        shown[tag] += 1


@given(st.data())
def test_the_photos_of_an_area_and_of_a_round_come_best_first(galleries, data):
    gallery = data.draw(galleries())
    order = order_of(gallery)
    seen: dict[int, int] = {}
    rounds: dict[int, list[float]] = {}

    for index in order:
        tag = int(gallery.top_tags[index])
        seen[tag] = seen.get(tag, 0) + 1
        if tag >= 0:
            rounds.setdefault(seen[tag], []).append(gallery.quality[index])
    for tag in seen:
        own = [gallery.quality[i] for i in order if gallery.top_tags[i] == tag]
        assert own == sorted(own, reverse=True)
    for qualities in rounds.values():
        assert qualities == sorted(qualities, reverse=True)


def test_two_areas_take_turns():
    gallery = Gallery([0.9, 0.8, 0.7, 0.2, 1.0], [[1, 0], [1, 0], [1, 0], [0, 1], [0, 0]])

    assert order_of(gallery).tolist() == [0, 3, 1, 2, 4]


def test_equal_photos_keep_the_order_in_which_they_came():
    assert order_of(Gallery([0.5] * 4, np.ones((4, 1)))).tolist() == [0, 1, 2, 3]
