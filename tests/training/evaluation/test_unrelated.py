import numpy as np
import pytest

from stayrank_training.evaluation.unrelated import unrelated


def test_what_is_rejected_of_what_should_be(tag_judgements):
    judged = tag_judgements(
        [0, 1, 2, -1, -1],
        [0, 1, 2, 3, 3],
        [0.9, 0.8, 0.4, 0.3, 0.5],
        np.array([False, False, True, True, False]),
    )

    found = unrelated(judged)

    assert (found.photos, found.rejected) == (2, 0.5)
    assert found.kept_known == pytest.approx(2 / 3)
    assert found.auroc == pytest.approx(5 / 6)  # of six pairs, 0.4 against 0.5 is wrong
    assert found.classes[0].label == "other"
    assert found.classes[0].taken_for == {"reception": 2}


def test_without_unrelated_photos_nothing_is_said_of_them(tag_judgements):
    found = unrelated(tag_judgements([0, 1], [0, 1]))

    assert (found.photos, found.rejected, found.auroc, found.classes) == (0, None, None, [])
    assert found.kept_known == 1
