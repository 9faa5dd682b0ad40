import numpy as np
import pytest

from stayrank_common.errors import DatasetError
from stayrank_training.recipe_parts import Augmentation, Finetune, Head

pytestmark = pytest.mark.keras


@pytest.fixture
def task():
    """A tiny model that has learnt nothing yet, and three colours to learn: features, pixels."""
    import keras

    from stayrank_models.heads import embedding_model
    from stayrank_models.loading import load_start
    from stayrank_models.tagger import build_tagger
    from stayrank_training.examples import Examples

    keras.utils.set_random_seed(0)
    model = build_tagger("mobilenet", classes=3, height=32, width=32, alpha=0.25)
    load_start(model, "random")
    rng = np.random.default_rng(0)
    colours = rng.integers(0, 256, (3, 3))
    kinds = np.arange(30) % 3
    noise = rng.normal(0, 20, (30, 32, 32, 3))
    pixels = (colours[kinds][:, None, None] + noise).clip(0, 255).astype(np.uint8)
    targets, weights = np.eye(3, dtype=np.float32)[kinds], np.ones(30, np.float32)
    features = embedding_model(model).predict(pixels, verbose=0)
    return model, Examples(features, targets, weights), Examples(pixels, targets, weights)


def _statistics(model) -> list[np.ndarray]:
    """The moving mean and variance of every batch normalisation."""
    layers = [layer for layer in model.layers if "_bn" in layer.name]
    return [weights for layer in layers for weights in layer.get_weights()[2:]]


def _finetune(task, path, *, metrics=(), **changes):
    import keras

    from stayrank_training.phases import finetune

    model, _, pixels = task
    settings = Finetune(**{"epochs": 3, "learning_rate": 3e-4, "batch_size": 8, **changes})
    loss = keras.losses.CategoricalCrossentropy()
    return finetune(
        model,
        pixels,
        pixels,
        loss,
        settings,
        Augmentation(),
        metrics=metrics,
        seed=0,
        checkpoint=path / "all.npz",
    )


def test_the_head_learns_and_the_backbone_stays(task, tmp_path):
    import keras

    from stayrank_training.phases import fit_head, head_probabilities

    model, features, pixels = task
    before, statistics = model.get_layer("conv_pw_1").get_weights()[0].copy(), _statistics(model)
    loss = keras.losses.CategoricalCrossentropy()
    settings = Head(epochs=30, learning_rate=0.01, batch_size=8)

    best = fit_head(
        model, features, features, loss, settings, seed=0, checkpoint=tmp_path / "head.npz"
    )

    assert best < 0.9 * np.log(3)
    np.testing.assert_array_equal(model.get_layer("conv_pw_1").get_weights()[0], before)
    for old, new in zip(statistics, _statistics(model), strict=True):
        np.testing.assert_array_equal(old, new)
    np.testing.assert_allclose(
        head_probabilities(model, features.inputs),
        model.predict(pixels.inputs, verbose=0),
        atol=1e-4,
    )


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_all_layers_learn_but_the_batch_normalisations(task, tmp_path, precision):
    model = task[0]
    statistics = _statistics(model)
    kernel = model.get_layer("conv_pw_1").get_weights()[0].copy()

    _finetune(task, tmp_path, precision=precision)

    assert len(statistics) == 27 * 2
    for before, after in zip(statistics, _statistics(model), strict=True):
        np.testing.assert_array_equal(before, after)
    assert not np.array_equal(model.get_layer("conv_pw_1").get_weights()[0], kernel)
    assert model.dtype == "float32"


def test_metrics_are_in_the_curves_and_change_no_weight(task, tmp_path):
    import keras

    from stayrank_training.checkpoints import read_rows

    model, ends = task[0], []
    start = model.get_weights()
    for metrics in ((), (keras.metrics.CategoricalAccuracy,)):
        model.set_weights(start)
        folder = tmp_path / str(len(metrics))
        best = _finetune(task, folder, metrics=metrics)
        ends.append((best, model.get_weights()))

    (row, *_) = read_rows(folder / "all.npz")
    assert list(row)[:2] == ["epoch", "loss"]
    assert {"categorical_accuracy", "val_categorical_accuracy"} <= row.keys()
    assert ends[0][0] == ends[1][0]
    for without, with_metrics in zip(ends[0][1], ends[1][1], strict=True):
        np.testing.assert_array_equal(without, with_metrics)


def test_layers_before_an_opened_one_stay(task, tmp_path):
    model = task[0]
    names = ("conv_pw_1", "conv_pw_13")
    before = [model.get_layer(name).get_weights()[0].copy() for name in names]

    _finetune(task, tmp_path, frozen_through="conv_pw_5_relu")

    same = [
        np.array_equal(model.get_layer(name).get_weights()[0], old)
        for name, old in zip(names, before, strict=True)
    ]
    assert same == [True, False]


def test_a_phase_that_makes_the_model_worse_leaves_it_as_it_was(task, tmp_path):
    model = task[0]
    before = model.get_weights()

    _finetune(task, tmp_path, epochs=1, learning_rate=0.3, schedule="constant")

    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_layer_that_is_not_there_is_named(task, tmp_path):
    with pytest.raises(DatasetError, match="conv_pw_99"):
        _finetune(task, tmp_path, frozen_through="conv_pw_99")
