import numpy as np
import pytest

from stayrank_training.priors import logit_shifts, shifted
from stayrank_training.task import Task

LABELS = np.eye(3, dtype=np.float32)[[0, 0, 0, 0, 1, 2, 2]]


def _task(weights=(1, 1, 1, 1, 1, 1, 1)):
    everyone = np.ones(len(LABELS), np.bool_)
    folds = np.zeros(len(LABELS), np.intp)
    return Task(LABELS, LABELS, np.array(weights, np.float32), everyone, folds, everyone, None)


def test_at_full_strength_areas_that_look_alike_are_equally_probable():
    shifts = logit_shifts(_task(), areas=2, strength=1.0)

    moved = shifted(np.array([[0.4, 0.1, 0.5]], np.float32), shifts)

    np.testing.assert_allclose(moved[0, 0], moved[0, 1], rtol=1e-6)
    np.testing.assert_allclose(moved.sum(), 1, rtol=1e-6)


def test_unrelated_photos_are_not_moved_and_the_areas_only_against_each_other():
    shifts = logit_shifts(_task(), areas=2, strength=0.5)

    assert shifts[2] == 0
    np.testing.assert_allclose(shifts[:2].sum(), 0, atol=1e-6)
    np.testing.assert_allclose(shifts[1] - shifts[0], 0.5 * np.log(4), rtol=1e-6)
    assert not logit_shifts(_task(), areas=2, strength=0).any()


def test_photos_count_by_their_weight_and_an_area_without_any_as_the_thinnest():
    weighted = logit_shifts(_task((1, 1, 1, 1, 4, 1, 1)), areas=2, strength=1.0)
    unseen = logit_shifts(_task((1, 1, 1, 1, 0, 1, 1)), areas=2, strength=1.0)

    np.testing.assert_allclose(weighted[:2], 0, atol=1e-6)
    np.testing.assert_allclose(unseen[1] - unseen[0], np.log(4 / 2), rtol=1e-6)


def test_a_photo_of_which_nothing_is_known_stays_so():
    assert not shifted(np.zeros((1, 3), np.float32), np.ones(3, np.float32)).any()


@pytest.mark.keras
def test_a_shifted_head_says_what_shifted_says():
    from stayrank_models.exporting import round_kernels
    from stayrank_models.loading import load_start
    from stayrank_models.tagger import build_tagger
    from stayrank_training.priors import shift_head

    model = build_tagger("mobilenet", classes=3, height=32, width=32, alpha=0.25)
    load_start(model, "random")
    round_kernels(model)
    photos = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), dtype=np.uint8)
    shifts = np.array([-0.5, 0.5, 0], np.float32)
    before = model.predict(photos, verbose=0)

    shift_head(model, shifts)

    np.testing.assert_allclose(model.predict(photos, verbose=0), shifted(before, shifts), atol=1e-5)
