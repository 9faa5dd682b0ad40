import numpy as np
import pytest

from stayrank_common.errors import DatasetError
from stayrank_common.tags import TAGS
from stayrank_training.data.out_of_fold import OutOfFold
from stayrank_training.evaluation.out_of_fold_answers import with_ratings, with_tags

RATINGS = [str(rating) for rating in range(1, 11)]


@pytest.fixture
def galleries(rated_gallery):
    """One photo of each area, an unrelated one, and a gym."""
    made = rated_gallery("a", [*TAGS, "other", "gym"], range(1, 11))
    made.files[:] = [f"a{file}" for file in made.files]
    return [made, rated_gallery("b", ["bedroom"], [6])]


@pytest.fixture
def answers(galleries, gallery_answers):
    return [gallery_answers(gallery) for gallery in galleries]


@pytest.fixture
def tags(galleries):
    """Nine in ten for the right class; the gym is taken for a foyer, unrelated is one of three."""
    classes = ["nothing", *reversed(TAGS), "other"]
    rows = np.full((11, len(classes)), 0.1 / (len(classes) - 1))
    truth = [*TAGS, "other", "foyer", "bedroom"]
    rows[np.arange(11), [classes.index(tag) for tag in truth]] = 0.9
    files = [f"train/x/{file}" for gallery in galleries for file in gallery.files]
    back = np.arange(11)[::-1]
    return OutOfFold([files[i] for i in back], classes, rows[back])


def test_tags_are_those_of_the_predictions_whatever_their_order(galleries, answers, tags):
    first, second = with_tags(galleries, answers, tags, "tags.npz")

    results = first.tags.results
    assert [result.top_tag for result in results[:8]] == list(TAGS)
    assert [result.rejected for result in results] == [False] * 8 + [True, False]
    assert results[9].top_tag == "foyer"
    assert results[0].tags[0].probability > 0.9 > sum(t.probability for t in results[8].tags)
    assert {tag.tag for tag in results[0].tags} == set(TAGS)
    assert [t.probability for t in results[0].tags] == sorted(
        (t.probability for t in results[0].tags), reverse=True
    )
    assert second.tags.results[0].top_tag == "bedroom"
    assert (first.tags.model.name, first.tags.model.version) == ("tags.npz", "out of fold")
    assert first.ratings == answers[0].ratings


def test_ratings_are_those_of_the_predictions(galleries, answers, tags):
    columns = list(reversed(RATINGS))
    predicted = OutOfFold(tags.files, columns, np.eye(10)[[9 - k % 10 for k in range(11)][::-1]])

    first, second = with_ratings(galleries, answers, predicted, "r.npz")

    assert [result.mean for result in first.ratings.results] == list(range(1, 11))
    assert second.ratings.results[0].mean == 1
    assert first.ratings.results[3].distribution == np.eye(10)[3].tolist()
    assert first.ratings.results[3].std == 0
    percentiles = [result.percentile for result in first.ratings.results]
    assert percentiles == sorted(percentiles)
    assert percentiles[-1] == 100


def test_a_failure_stays_one_and_shifts_no_other(galleries, answers, tags, failed):
    answers[0].tags.results[0] = failed("a0.jpg")

    first, _ = with_tags(galleries, answers, tags, "tags.npz")

    assert first.tags.results[0] == failed("a0.jpg")
    assert first.tags.results[1].top_tag == TAGS[1]


def test_a_photo_without_one_prediction_is_named(galleries, answers, tags):
    none = OutOfFold(tags.files[1:], tags.classes, tags.probabilities[1:])
    with pytest.raises(DatasetError, match=r"no predictions for b/0\.jpg"):
        with_tags(galleries, answers, none, "tags.npz")

    files = [*tags.files, "another/0.jpg"]
    two = OutOfFold(files, tags.classes, np.vstack([tags.probabilities, tags.probabilities[:1]]))
    with pytest.raises(DatasetError, match=r"2 predictions for b/0\.jpg"):
        with_tags(galleries, answers, two, "tags.npz")


def test_classes_that_do_not_fit_are_named(galleries, answers, tags):
    with pytest.raises(DatasetError, match="no column for bedroom"):
        with_tags(galleries, answers, OutOfFold([], ["other"], np.empty((0, 1))), "tags.npz")
    with pytest.raises(DatasetError, match="the classes 1 to 10"):
        with_ratings(galleries, answers, tags, "tags.npz")
