import numpy as np
import pytest

pytestmark = pytest.mark.keras


@pytest.fixture(scope="module")
def backbones():
    from stayrank_models import backbones

    return backbones


MODES = {
    "mobilenet": "tf",
    "mobilenet_v3_small": "tf",
    "mobilenet_v3_large": "tf",
    "efficientnet_b0": "torch",
    "resnet50": "caffe",
    "vgg16": "caffe",
}


@pytest.mark.parametrize("name", MODES)
def test_the_graph_is_flat_and_scales_once_as_the_weights_expect(backbones, name):
    import keras

    options = {"alpha": 0.25} if name.startswith("mobilenet") else {}
    photo, feature_map = backbones.build_backbone(name, 32, 32, **options)
    model = keras.Model(photo, feature_map)

    assert photo.dtype == "uint8"
    assert len(feature_map.shape) == 4
    assert not any(isinstance(layer, keras.Model) for layer in model.layers)
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds.count("Rescaling") + kinds.count("CaffeScaling") == 1
    assert not {"Normalization", "Dropout"} & set(kinds)
    pixels = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3)).astype(np.uint8)
    scaled = keras.Model(photo, model.get_layer("scaling").output)(pixels)
    expected = keras.applications.imagenet_utils.preprocess_input(
        pixels.astype(np.float32), mode=MODES[name]
    )
    np.testing.assert_allclose(np.asarray(scaled), expected, atol=1e-4)


@pytest.mark.parametrize("name", ["efficientnet_b0", "mobilenet_v3_small"])
def test_a_backbone_answers_like_that_of_keras_applications(backbones, name):
    import keras

    photo, feature_map = backbones.build_backbone(name, 32, 32)
    model = keras.Model(photo, feature_map)
    official = getattr(keras.applications, backbones.BACKBONES[name].constructor)(
        include_top=False, weights=None, input_shape=(32, 32, 3)
    )
    scaling = keras.layers.Normalization
    theirs = [x for x in official.layers if x.weights and not isinstance(x, scaling)]
    for layer, other in zip([x for x in model.layers if x.weights], theirs, strict=True):
        layer.set_weights(other.get_weights())
    pixels = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3)).astype(np.uint8)
    given = pixels.astype(np.float32)
    if name == "efficientnet_b0":  # the statistics that come with its weights stand in ours
        given = 255 * keras.applications.imagenet_utils.preprocess_input(given, mode="torch")

    found = model.predict(pixels, verbose=0)
    np.testing.assert_allclose(found, official.predict(given, verbose=0), rtol=1e-3, atol=1e-6)


def test_the_caffe_scaling_survives_serialisation(backbones):
    layer = backbones.CaffeScaling(name="scaling")

    assert backbones.CaffeScaling.from_config(layer.get_config()).name == "scaling"


def test_an_unknown_backbone_is_told_which_there_are(backbones):
    with pytest.raises(ValueError, match="there are: mobilenet"):
        backbones.build_backbone("alexnet")


def test_every_backbone_has_weights_in_the_catalogue(backbones):
    from stayrank_models.weights import CATALOGUE

    assert {b.weights for b in backbones.BACKBONES.values()} <= CATALOGUE.keys()
