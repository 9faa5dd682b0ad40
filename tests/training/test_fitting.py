import numpy as np
import pytest
from tests.models.conftest import liven

from stayrank_training.recipe import Finetune, Head

pytestmark = pytest.mark.keras


@pytest.fixture
def task():
    """A tiny model that has learnt nothing yet, and three colours to learn: features, pixels."""
    import keras

    from stayrank_models.heads import embedding_model
    from stayrank_models.tagger import build_tagger
    from stayrank_training.fitting import Examples

    keras.utils.set_random_seed(0)
    model = build_tagger("mobilenet", classes=3, height=32, width=32, alpha=0.25)
    liven(model)
    rng = np.random.default_rng(0)
    colours = rng.integers(0, 256, (3, 3))
    kinds = np.arange(30) % 3
    noise = rng.normal(0, 20, (30, 32, 32, 3))
    pixels = (colours[kinds][:, None, None] + noise).clip(0, 255).astype(np.uint8)
    targets, weights = np.eye(3, dtype=np.float32)[kinds], np.ones(30, np.float32)
    features = embedding_model(model).predict(pixels, verbose=0)
    return model, Examples(features, targets, weights), Examples(pixels, targets, weights)


def _statistics(model) -> list[np.ndarray]:
    return [
        weights for layer in model.layers if "_bn" in layer.name for weights in layer.get_weights()
    ]


def test_the_head_learns_and_the_backbone_stays(task):
    import keras

    from stayrank_training.fitting import fit_head

    model, features, _ = task
    before = model.get_layer("conv_pw_1").get_weights()[0].copy()
    loss = keras.losses.CategoricalCrossentropy()
    settings = Head(epochs=30, learning_rate=0.01, batch_size=8)

    best = fit_head(model, features, features, loss, settings, seed=0)

    assert best < 0.9 * np.log(3)
    np.testing.assert_array_equal(model.get_layer("conv_pw_1").get_weights()[0], before)


def test_all_layers_learn_but_the_batch_normalisations(task, tmp_path):
    import keras

    from stayrank_training.fitting import finetune

    model, _, pixels = task
    statistics = _statistics(model)
    kernel = model.get_layer("conv_pw_1").get_weights()[0].copy()
    settings = Finetune(epochs=3, learning_rate=3e-4, batch_size=8, crop=0.1)
    checkpoint = tmp_path / "best.weights.h5"
    loss = keras.losses.CategoricalCrossentropy()

    finetune(model, pixels, pixels, loss, settings, seed=0, checkpoint=checkpoint, verbose=0)

    assert len(statistics) == 27 * 4
    for before, after in zip(statistics, _statistics(model), strict=True):
        np.testing.assert_array_equal(before, after)
    assert not np.array_equal(model.get_layer("conv_pw_1").get_weights()[0], kernel)
    assert checkpoint.is_file()


def test_a_phase_that_makes_the_model_worse_leaves_it_as_it_was(task, tmp_path):
    import keras

    from stayrank_training.fitting import finetune

    model, _, pixels = task
    before = model.get_weights()
    settings = Finetune(epochs=1, learning_rate=10.0, batch_size=8)
    checkpoint = tmp_path / "best.weights.h5"
    loss = keras.losses.CategoricalCrossentropy()

    finetune(model, pixels, pixels, loss, settings, seed=0, checkpoint=checkpoint, verbose=0)

    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_heads_of_all_folds_are_averaged_and_each_judges_the_fold_it_did_not_see(task):
    import keras

    from stayrank_training.fitting import cross_fit_head, head_probabilities

    model, features, pixels = task
    folds = np.arange(30) // 3 % 3 - 1  # a third belongs to no fold
    loss = keras.losses.CategoricalCrossentropy()
    settings = Head(epochs=10, learning_rate=0.01, batch_size=8)

    unseen = cross_fit_head(model, features, features.inputs, folds, loss, settings, seed=0)

    np.testing.assert_array_equal(unseen[folds < 0], 0)
    np.testing.assert_allclose(unseen[folds >= 0].sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(
        head_probabilities(model, features.inputs),
        model.predict(pixels.inputs, verbose=0),
        atol=1e-4,
    )
