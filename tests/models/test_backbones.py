import numpy as np
import pytest

pytestmark = pytest.mark.keras


@pytest.fixture(scope="module")
def backbones():
    from stayrank_models import backbones

    return backbones


@pytest.mark.parametrize("name", ["mobilenet", "vgg16"])
def test_the_graph_is_flat_and_scales_like_keras_applications(backbones, name):
    import keras

    options = {"alpha": 0.25} if name == "mobilenet" else {}
    photo, feature_map = backbones.build_backbone(name, 32, 32, **options)
    model = keras.Model(photo, feature_map)

    assert photo.dtype == "uint8"
    assert len(feature_map.shape) == 4
    assert not any(isinstance(layer, keras.Model) for layer in model.layers)
    pixels = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3)).astype(np.uint8)
    scaled = keras.Model(photo, model.get_layer("scaling").output)(pixels)
    expected = getattr(keras.applications, name).preprocess_input(pixels.astype(np.float32))
    np.testing.assert_allclose(np.asarray(scaled), expected, atol=1e-4)


def test_the_caffe_scaling_survives_serialisation(backbones):
    layer = backbones.CaffeScaling(name="scaling")

    assert backbones.CaffeScaling.from_config(layer.get_config()).name == "scaling"


def test_an_unknown_backbone_is_told_which_there_are(backbones):
    with pytest.raises(ValueError, match="mobilenet, vgg16"):
        backbones.build_backbone("alexnet")


def test_every_backbone_has_weights_in_the_catalogue(backbones):
    from stayrank_models.weights import CATALOGUE

    assert {b.weights for b in backbones.BACKBONES.values()} <= CATALOGUE.keys()
