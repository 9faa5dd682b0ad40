import pytest

from stayrank_training.evaluation.gallery_orders import (
    MEASURES,
    measured,
    readable,
    repeated,
    repeated_by_chance,
    shuffled,
)


@pytest.fixture
def gallery(rated_gallery):
    return rated_gallery("h", ["pool"] * 6 + ["bedroom"] * 6, [8] * 6 + [5] * 6)


def test_an_order_is_measured_by_names(gallery):
    poolside = measured(gallery, gallery.files)
    mixed = measured(gallery, ["0.jpg", "6.jpg", "1.jpg", "7.jpg", "2.jpg", "8.jpg"])

    by_name = dict(zip(MEASURES, zip(poolside, mixed, strict=True), strict=True))
    assert by_name["s_recall"] == (0.5, 1)
    assert by_name["rating"] == (8, pytest.approx(6.8))
    assert by_name["alpha_ndcg"][0] < by_name["alpha_ndcg"][1]


def test_random_orders_lie_between_the_worst_and_the_best_and_never_change(gallery):
    found = shuffled(gallery)

    assert (found == shuffled(gallery)).all()
    assert 6 < found[MEASURES.index("rating")] < 7
    assert 0.8 < found[MEASURES.index("s_recall")] < 1


def test_what_a_model_could_not_use_is_left_out(gallery, gallery_answers, failed):
    said = gallery_answers(gallery)
    said.tags.results[0] = failed("0.jpg")
    said.ratings.results[2] = failed("2.jpg")

    assert readable(gallery, said).files == [f"{i}.jpg" for i in (1, *range(3, 12))]


def test_copies_repeat_each_other_too_but_only_in_the_first_ten_places(gallery, gallery_answers):
    said = gallery_answers(gallery, copies={"a": "0.jpg", "b": "0.jpg", "c": "11.jpg"})

    assert repeated(said, ["a", "1.jpg", "b"]) == 1
    assert repeated(said, ["a", "0.jpg", "b", "c"]) == 2
    assert repeated(said, [*gallery.files, "a"]) == 0
    assert repeated(said, ["c", *gallery.files]) == 0


def test_chance_repeats_now_and_then(gallery, gallery_answers):
    every = {f"copy of {file}": file for file in gallery.files}

    assert repeated_by_chance(gallery_answers(gallery)) == 0
    # Of 24 photos in 12 pairs, 10 are drawn: 45 pairs of places, each a pair with probability 1/23.
    assert repeated_by_chance(gallery_answers(gallery, every)) == pytest.approx(45 / 23, abs=0.25)
