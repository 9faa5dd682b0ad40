import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_gallery.ranking import Gallery, MmrGains, mmr, plain_order

SIGNS = st.tuples(*4 * [st.sampled_from([-1, 1])])  # of length 2: at length 1 still exact


def gallery_of(quality, embeddings) -> Gallery:
    return Gallery(quality, np.ones((len(quality), 1)), embeddings)


def mmr_order(gallery, trade_off):
    return plain_order(MmrGains(gallery, trade_off=trade_off), len(gallery))


def cosine(a, b) -> float:
    lengths = np.linalg.norm(a) * np.linalg.norm(b)
    return float(a @ b / lengths) if lengths else 0.0


@given(st.data(), st.sampled_from([0.0, 0.3, 0.5, 1.0]))
def test_each_step_takes_the_most_relevant_photo_that_is_least_like_those_shown(
    galleries, data, trade_off
):
    gallery = data.draw(galleries())
    order = [int(index) for index in mmr_order(gallery, trade_off=trade_off)]

    def relevance(photo: int, shown: list[int]) -> float:
        likest = max(
            (cosine(gallery.embeddings[photo], gallery.embeddings[j]) for j in shown), default=0.0
        )
        return (1 - trade_off) * gallery.quality[photo] - trade_off * likest

    assert sorted(order) == list(range(len(gallery)))
    for place, photo in enumerate(order):
        best = max(relevance(other, order[:place]) for other in order[place:])
        assert relevance(photo, order[:place]) >= best - 1e-9


@given(st.data())
def test_without_variety_it_is_a_sort_by_quality(galleries, data):
    gallery = data.draw(galleries())

    assert np.array_equal(
        mmr_order(gallery, trade_off=0), np.argsort(-gallery.quality, kind="stable")
    )


def test_variety_alone_shows_what_is_least_like_the_first():
    quality = [0.5, 0.9, 0.9, 0.1]
    embeddings = [[1, 0], [1, 0.1], [0, 1], [-1, 0]]

    assert mmr_order(gallery_of(quality, embeddings), trade_off=1).tolist() == [0, 3, 2, 1]


def test_opposite_is_less_alike_than_unrelated():
    """A negative cosine counts as it is, not as zero."""
    gallery = gallery_of([0.9, 0.5, 0.5], [[1, 0], [0, 1], [-1, 0]])

    assert mmr_order(gallery, trade_off=0.5).tolist() == [0, 2, 1]


def test_a_likeness_to_any_photo_shown_counts():
    gallery = gallery_of([1.0, 0.9, 0.5, 0.5], [[1, 0], [0, 1], [0, 1], [0.7, -0.7]])

    assert mmr_order(gallery, trade_off=0.5).tolist() == [0, 1, 3, 2]


def test_equal_photos_keep_the_order_in_which_they_came():
    gallery = gallery_of([0.5] * 4, np.ones((4, 3)))

    assert mmr_order(gallery, trade_off=0.5).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("trade_off", [-0.1, 1.1, float("nan")])
def test_a_trade_off_out_of_range_is_refused(trade_off):
    with pytest.raises(ValueError, match="trade-off"):
        mmr_order(gallery_of([0.5], [[1]]), trade_off=trade_off)


def test_a_gallery_without_embeddings_is_refused():
    with pytest.raises(ValueError, match="embeddings"):
        mmr_order(Gallery([0.5], [[1]]), trade_off=0.5)


@given(
    st.lists(st.tuples(st.sampled_from([0.2, 0.5, 0.9]), SIGNS), max_size=12),
    st.sampled_from([0.0, 0.5, 1.0]),
    st.integers(1, 4),
)
def test_looking_a_few_photos_ahead_gives_the_order_of_comparing_all_with_all(
    photos, trade_off, ahead
):
    gallery = gallery_of([q for q, _ in photos], np.reshape([e for _, e in photos], (-1, 4)))
    cosines = gallery.directions @ gallery.directions.T  # no sum is rounded
    likest, expected = np.full(len(photos), -1.0), []
    for _ in photos:
        gains = (1 - trade_off) * gallery.quality - trade_off * likest
        gains[expected] = -np.inf
        expected.append(int(gains.argmax()))
        likest = np.maximum(likest, cosines[expected[-1]])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mmr, "_AHEAD", ahead)
        assert mmr_order(gallery, trade_off).tolist() == expected


def test_memory_does_not_grow_with_the_square_of_the_number_of_photos(floats_held):
    count = 4000
    gallery = gallery_of(np.linspace(0, 1, count), np.eye(8)[np.arange(count) % 8])

    assert floats_held(lambda: mmr_order(gallery, 0.5)) < count**2 / 2
