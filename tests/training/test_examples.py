import numpy as np
import pytest

from stayrank_training.recipe_parts import Augmentation

pytestmark = pytest.mark.keras

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (7, 12, 16, 3)).astype(np.uint8)
TARGETS = np.eye(7, dtype=np.float32)
WEIGHTS = np.arange(7, dtype=np.float32)


@pytest.fixture
def batches():
    from stayrank_training.examples import AugmentedBatches, Examples

    def make(draws=0, seed=0, teach=None, **settings):
        examples = Examples(PIXELS, TARGETS, WEIGHTS)
        augmentation = Augmentation.model_validate(settings)
        options = {"batch_size": 3, "seed": seed, "draws": draws, "teach": teach}
        return AugmentedBatches(examples, augmentation, **options)

    return make


def test_every_photo_comes_once_an_epoch_with_its_target_and_weight(batches):
    made = batches()

    for _ in range(2):
        targets = np.concatenate([made[i][1] for i in range(made.num_batches)])
        weights = np.concatenate([made[i][2] for i in range(made.num_batches)])
        assert sorted(targets.argmax(axis=1)) == list(range(7))
        np.testing.assert_array_equal(targets.argmax(axis=1), weights)
        made.on_epoch_end()


def test_a_batch_hangs_on_seed_epoch_and_number_alone(batches):
    one, other = batches(seed=4), batches(seed=4)
    one.on_epoch_end()
    later = one[1][0]
    other.begin(1)
    other[0]

    np.testing.assert_array_equal(other[1][0], later)
    assert not np.array_equal(batches(seed=5)[0][1], batches(seed=4)[0][1])


def test_drawn_photos_come_as_often_as_they_weigh(batches):
    made = batches(draws=2100)

    targets = np.concatenate([made[i][1] for i in range(made.num_batches)])
    np.testing.assert_allclose(targets.sum(axis=0), 100 * WEIGHTS, atol=75)
    assert targets[:, 0].sum() == 0
    assert (made[0][2] == 1).all()


def test_mixed_targets_are_still_distributions(batches):
    pixels, targets, _ = batches(mixup=0.5, flip_probability=0)[0]

    assert pixels.dtype == np.uint8
    np.testing.assert_allclose(targets.sum(axis=1), 1, rtol=1e-6)
    expected = np.tensordot(targets, PIXELS.astype(float), axes=1)
    np.testing.assert_allclose(pixels, expected, atol=1)


@pytest.mark.parametrize("settings", [{}, {"mixup": 0.4}, {"crop": {"probability": 1.0}}])
def test_teachers_see_the_very_photos_that_are_learnt_from(batches, settings):
    seen = []

    def teach(pixels, targets):
        seen.append((pixels, targets))
        return targets / 2

    pixels, answers, weights = batches(teach=teach, **settings)[1]
    _, labels, same = batches(**settings)[1]

    np.testing.assert_array_equal(seen[0][0], pixels)
    np.testing.assert_array_equal(answers, labels / 2)
    np.testing.assert_array_equal(weights, same)
