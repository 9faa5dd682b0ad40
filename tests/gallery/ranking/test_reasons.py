import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_gallery.ranking import Arrangement, Cause, Gallery, reasons
from stayrank_gallery.ranking.reasons import ordinal

NAMES = ["bedroom", "swimming pool"]


def explained(quality, tags, order=None, causes=None, max_run=None) -> list[list[str]]:
    """Reasons for photos of the given areas (−1: of none), each placed for its gain by default."""
    probabilities = [[float(tag == area) for area in range(2)] for tag in tags]
    order = np.arange(len(quality)) if order is None else np.array(order)
    arranged = Arrangement(order, causes or [Cause.GAIN] * len(order))
    return reasons(Gallery(quality, probabilities), arranged, NAMES, max_run)


def test_the_first_of_an_area_is_called_the_first():
    assert explained([0.9, 0.5], [0, 1]) == [
        ["first bedroom", "best photo overall"],
        ["first swimming pool", "2nd best photo overall"],
    ]


def test_an_area_that_a_photo_rather_does_not_show_is_no_more_than_perhaps_there():
    gallery = Gallery([0.9, 0.8, 0.7], [[0.49, 0.3], [0.5, 0.3], [0.2, 0.4]])

    told = reasons(gallery, Arrangement(np.arange(3), [Cause.GAIN] * 3), NAMES)

    assert [phrases[0] for phrases in told] == [
        "perhaps the first bedroom",
        "2nd bedroom",
        "perhaps the first swimming pool",
    ]


def test_where_the_best_of_an_area_is_not_shown_first_its_rank_is_told():
    assert explained([0.5, 0.9, 0.1], [0, 0, 0]) == [
        ["first bedroom", "2nd best of 3 bedroom photos", "2nd best photo overall"],
        ["2nd bedroom", "best of 3 bedroom photos", "best photo overall"],
        ["3rd bedroom", "3rd best photo overall"],
    ]


def test_reasons_follow_the_order_and_not_the_gallery():
    assert explained([0.1, 0.9], [0, 1], order=[1, 0]) == [
        ["first swimming pool", "best photo overall"],
        ["first bedroom", "2nd best photo overall"],
    ]


def test_equals_share_a_rank():
    overall = [phrases[-1] for phrases in explained([0.5, 0.9, 0.5, 0.1], [0, 0, 0, 0])]

    assert overall == [
        "2nd best photo overall",
        "best photo overall",
        "2nd best photo overall",
        "4th best photo overall",
    ]


def test_a_photo_of_no_known_area_says_so_and_is_in_no_areas_count():
    assert explained([0.9, 0.5, 0.4], [-1, -1, 0]) == [
        ["area not certain", "best photo overall"],
        ["area not certain", "2nd best photo overall"],
        ["first bedroom", "3rd best photo overall"],
    ]


def test_what_put_a_photo_there_but_its_gain_is_told_first():
    causes = [Cause.PINNED, Cause.RUN, Cause.HELD, Cause.GAIN]

    told = explained([0.5, 0.9, 0.4, 0.3], [0, 1, 0, 0], causes=causes, max_run=1)

    assert [phrases[0] for phrases in told] == [
        "pinned to this place",
        "no more than 1 of one area in a row",
        "kept from the present order, no photo gains enough more",
        "3rd bedroom",
    ]
    assert told[0][1:] == ["first bedroom", "2nd best photo overall"]


def test_a_photo_like_one_before_it_names_the_place_of_the_first():
    gallery = Gallery([0.9, 0.8, 0.7], [[1, 0]] * 3, views=[0, 1, 0])

    told = reasons(gallery, Arrangement(np.array([1, 0, 2]), [Cause.GAIN] * 3), NAMES)

    assert [phrases[1] for phrases in told][2] == "resembles the photo at place 2"
    assert sum("resembles" in phrase for phrases in told for phrase in phrases) == 1


@given(st.data())
def test_every_place_has_one_to_four_phrases_and_every_area_one_first(galleries, data):
    gallery = data.draw(galleries())
    names = [f"area {n}" for n in range(gallery.probabilities.shape[1])]
    order = np.array(data.draw(st.permutations(range(len(gallery)))))

    told = reasons(gallery, Arrangement(order, [Cause.GAIN] * len(order)), names)

    assert all(1 <= len(phrases) <= 4 for phrases in told)
    areas = [phrases[0].removeprefix("perhaps the ") for phrases in told]
    firsts = [area for area in areas if area.startswith("first")]
    assert sorted(firsts) == [f"first {names[tag]}" for tag in sorted({*gallery.top_tags} - {-1})]


@pytest.mark.parametrize(
    ("number", "written"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (10, "10th"), (11, "11th"), (12, "12th"),
     (13, "13th"), (21, "21st"), (101, "101st"), (111, "111th"), (112, "112th"), (1003, "1003rd")],
)  # fmt: skip
def test_positions_are_written_as_people_say_them(number, written):
    assert ordinal(number) == written
