import keras
import numpy as np
import pytest

from stayrank_models.folding import fold, unfold
from stayrank_models.heads import build_classifier

SIZE = 64


@pytest.fixture(params=["mobilenet", "vgg16"])
def model(request):
    keras.utils.set_random_seed(3)
    options = {"alpha": 0.25} if request.param == "mobilenet" else {}
    model = build_classifier(request.param, 3, 0.5, height=SIZE, width=SIZE, **options)
    rng = np.random.default_rng(5)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            channels = layer.gamma.shape
            gamma = rng.uniform(0, 2, channels) * (rng.random(channels) > 0.1)  # some channels dead
            layer.set_weights(
                [
                    gamma,
                    rng.normal(size=channels),
                    rng.normal(size=channels),
                    rng.uniform(0.01, 2, channels),
                ]
            )
    return model


@pytest.fixture
def photos():
    return np.random.default_rng(7).integers(0, 256, (4, SIZE, SIZE, 3), dtype=np.uint8)


def says(model, photos):
    return np.asarray(model(photos, training=False))


def statistics(model):
    layers = [x for x in model.layers if isinstance(x, keras.layers.BatchNormalization)]
    return [v for layer in layers for v in layer.get_weights()[2:]]


def test_folding_changes_the_weights_not_the_function(model, photos):
    folded = fold(model)

    np.testing.assert_allclose(says(folded, photos), says(model, photos), atol=1e-5)
    assert not any(isinstance(x, keras.layers.BatchNormalization) for x in folded.layers)


def test_unfolding_brings_back_what_was_trained_and_leaves_the_statistics(model, photos):
    before = statistics(model)
    folded = fold(model)
    rng = np.random.default_rng(11)
    for variable in folded.trainable_variables:
        variable.assign(variable + rng.normal(scale=0.02, size=variable.shape))

    unfold(folded, model)

    np.testing.assert_allclose(says(model, photos), says(folded, photos), atol=1e-5)
    for was, now in zip(before, statistics(model), strict=True):
        np.testing.assert_array_equal(was, now)


def test_layers_that_were_not_trained_keep_their_numbers(model):
    before = model.get_weights()

    unfold(fold(model), model)

    for was, now in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(was, now)


def test_a_convolution_whose_output_is_used_elsewhere_too_stays_as_it_is(photos):
    inputs = keras.Input((SIZE, SIZE, 3))
    convolved = keras.layers.Conv2D(4, 3, name="shared")(inputs)
    normal = keras.layers.BatchNormalization(name="normal")(convolved)
    model = keras.Model(inputs, keras.layers.Add()([convolved, normal]))
    model.get_layer("normal").set_weights([np.full(4, v) for v in (2.0, 1.0, 0.5, 3.0)])

    folded = fold(model)

    np.testing.assert_allclose(says(folded, photos), says(model, photos), rtol=1e-5)
    assert isinstance(folded.get_layer("normal"), keras.layers.BatchNormalization)
