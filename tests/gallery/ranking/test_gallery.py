import numpy as np
import pytest

from stayrank_gallery.ranking import Gallery

NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("quality", "probabilities", "embeddings", "words"),
    [
        ([[0.5]], [[1]], None, "shapes"),
        ([0.5], [1], None, "shapes"),
        ([0.5], [[1], [0]], None, "shapes"),
        ([0.5], [[]], None, "shapes"),
        ([1.5], [[1]], None, "quality"),
        ([-0.1], [[1]], None, "quality"),
        ([NAN], [[1]], None, "quality"),
        ([0.5], [[1.1]], None, "probabilities"),
        ([0.5], [[NAN]], None, "probabilities"),
        ([0.5], [[1]], [1], "embeddings"),
        ([0.5], [[1]], [[1], [2]], "embeddings"),
        ([0.5], [[1]], [[INF]], "finite"),
        ([0.5], [[1]], [[NAN]], "finite"),
    ],
)
def test_arrays_that_are_no_gallery_are_refused(quality, probabilities, embeddings, words):
    with pytest.raises(ValueError, match=words):
        Gallery(quality, probabilities, embeddings)


def test_the_top_area_is_the_most_probable_and_none_for_a_photo_that_shows_none():
    gallery = Gallery([0.5] * 4, [[0.2, 0.8], [0.6, 0.1], [0, 0], [0.5, 0.5]])

    assert gallery.top_tags.tolist() == [1, 0, -1, 0]


def test_some_photos_of_a_gallery_are_a_gallery_in_the_given_order():
    gallery = Gallery([0.1, 0.2, 0.3], np.eye(3), [[1], [2], [3]], [0, 0, 2])

    taken = gallery.take(np.array([2, 0]))

    assert taken.quality.tolist() == [0.3, 0.1]
    assert taken.probabilities.tolist() == [[0, 0, 1], [1, 0, 0]]
    assert taken.embeddings.tolist() == [[3], [1]]
    assert taken.views.tolist() == [2, 0]
    assert Gallery([0.1], [[1]]).take(np.array([0])).embeddings is None


def test_each_photo_has_a_view_of_its_own_unless_told_otherwise():
    assert Gallery([0.5] * 3, np.ones((3, 1))).views.tolist() == [0, 1, 2]

    with pytest.raises(ValueError, match="expected 3 views"):
        Gallery([0.5] * 3, np.ones((3, 1)), views=[0, 1])


def test_directions_do_not_depend_on_length_and_are_zero_for_no_direction():
    embeddings = [[2, 0], [1e6, 1e6], [0, 0], [-3e-6, 0]]
    half = np.sqrt(0.5)

    directions = Gallery([0.5] * 4, [[1]] * 4, embeddings).directions

    assert np.allclose(directions, [[1, 0], [half, half], [0, 0], [-1, 0]])
