import numpy as np
import pytest

pytestmark = pytest.mark.keras

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (7, 12, 16, 3)).astype(np.uint8)
TARGETS = np.eye(7, dtype=np.float32)
WEIGHTS = np.arange(7, dtype=np.float32)


@pytest.fixture
def batches():
    from stayrank_training.augmentation import AugmentedBatches

    return lambda crop=0.0, seed=0: AugmentedBatches(
        PIXELS, TARGETS, WEIGHTS, batch_size=3, crop=crop, seed=seed
    )


def test_every_photo_comes_once_an_epoch_with_its_target_and_weight(batches):
    made = batches()

    for _ in range(2):
        targets = np.concatenate([made[i][1] for i in range(made.num_batches)])
        weights = np.concatenate([made[i][2] for i in range(made.num_batches)])
        assert sorted(targets.argmax(axis=1)) == list(range(7))
        np.testing.assert_array_equal(targets.argmax(axis=1), weights)
        made.on_epoch_end()


def test_a_photo_comes_as_it_is_or_mirrored(batches):
    pixels, targets, _ = batches()[0]

    for photo, target in zip(pixels, targets.argmax(axis=1), strict=True):
        original = PIXELS[target]
        assert (photo == original).all() or (photo == original[:, ::-1]).all()


def test_the_originals_stay_as_they_were(batches):
    before = PIXELS.copy()
    batches(crop=0.3)[0]

    np.testing.assert_array_equal(PIXELS, before)


def test_the_same_seed_gives_the_same_batches(batches):
    np.testing.assert_array_equal(batches(0.2, seed=4)[0][0], batches(0.2, seed=4)[0][0])


def test_a_crop_cuts_off_no_more_than_its_share():
    from stayrank_training.augmentation import random_crop

    ramp = np.repeat(np.arange(0, 200, 2, dtype=np.uint8)[None, :, None], 3, axis=2)
    photo = np.repeat(ramp, 50, axis=0)  # (50, 100, 3), brighter to the right

    for seed in range(20):
        cropped = random_crop(photo, 0.2, np.random.default_rng(seed))
        assert cropped.shape == photo.shape
        assert int(cropped[0, -1, 0]) - int(cropped[0, 0, 0]) >= 0.78 * 198
