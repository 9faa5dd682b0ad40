import numpy as np
import pytest

from stayrank_common.errors import WeightsError

pytestmark = pytest.mark.keras


def _classifier(name="mobilenet_v3_small"):
    from stayrank_models.heads import build_classifier

    return build_classifier(name, 3, 0.5, height=32, width=32)


def _tensors(model):
    layers = [x for x in model.layers if x.weights and x.name != "probabilities"]
    return {layer.name: layer.get_weights() for layer in layers}


def test_layers_that_older_versions_called_otherwise_are_matched_by_their_order():
    from stayrank_models.loading import assign_start

    model = _classifier()
    tensors = {name: [value + 1 for value in values] for name, values in _tensors(model).items()}

    assign_start(model, {name.replace("_", "/"): values for name, values in tensors.items()})

    for name, values in tensors.items():
        for found, expected in zip(model.get_layer(name).get_weights(), values, strict=True):
            np.testing.assert_array_equal(found, expected)


def test_weights_of_another_architecture_are_refused_and_change_nothing():
    from stayrank_models.loading import assign_start

    model = _classifier()
    before = model.get_weights()

    with pytest.raises(WeightsError, match="expected shapes"):
        assign_start(model, _tensors(_classifier("mobilenet_v3_large")))
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_random_start_has_lively_features_and_is_told_by_its_seed():
    from stayrank_models.heads import embedding_model
    from stayrank_models.loading import load_start

    pixels = np.random.default_rng(0).integers(0, 256, (8, 32, 32, 3)).astype(np.uint8)
    model = _classifier()
    load_start(model, "random", seed=3)
    features = embedding_model(model).predict(pixels, verbose=0)
    load_start(model, "random", seed=3)

    assert features.std(axis=0).mean() > 1e-3
    np.testing.assert_allclose(embedding_model(model).predict(pixels, verbose=0), features, 1e-4)


def test_an_unknown_start_is_named():
    from stayrank_models.loading import load_start

    with pytest.raises(WeightsError, match="alexnet"):
        load_start(_classifier(), "alexnet")
