import numpy as np
import pytest

from stayrank_common.errors import WeightsError
from stayrank_common.images import open_image
from stayrank_models.engines import open_engine

pytestmark = pytest.mark.keras


def test_another_file_is_refused(tmp_path):
    from stayrank_models.importing import import_nima_ava

    (tmp_path / "weights.hdf5").write_bytes(b"something else")

    with pytest.raises(WeightsError, match="sha256 is"):
        import_nima_ava(tmp_path / "weights.hdf5", tmp_path)
    with pytest.raises(WeightsError, match="No such file"):
        import_nima_ava(tmp_path / "nowhere.hdf5", tmp_path)


@pytest.mark.shared
def test_photos_get_the_distributions_of_the_published_model(shared, tmp_path):
    """Against a plain build of what idealo published, fed as idealo feeds it."""
    import keras

    from stayrank_models.importing import import_nima_ava
    from stayrank_models.tensors import read_tensors

    weights = shared / "weights" / "nima_mobilenet_ava.hdf5"
    body = keras.applications.MobileNet(
        input_shape=(224, 224, 3), include_top=False, pooling="avg", weights=None
    )
    dropped = keras.layers.Dropout(0.75)(body.output)
    plain = keras.Model(body.input, keras.layers.Dense(10, "softmax", name="dense_1")(dropped))
    for name, values in read_tensors(weights.read_bytes()).items():
        plain.get_layer(name).set_weights(values)
    paths = sorted((shared / "datasets" / "tagging" / "test").glob("*/*.jpg"))[::20]
    pixels = [
        keras.utils.img_to_array(
            keras.utils.load_img(path, target_size=(224, 224), interpolation="nearest")
        )
        for path in paths
    ]
    expected = plain.predict(
        keras.applications.mobilenet.preprocess_input(np.stack(pixels)), verbose=0
    )

    artifact = import_nima_ava(weights, tmp_path)
    engine = open_engine(artifact, "keras")
    ours = np.stack([open_image(p, artifact.manifest.preprocessing).pixels for p in paths])

    found = engine.predict(ours).probabilities
    np.testing.assert_allclose(found, expected, atol=0.005)
    ratings = np.arange(1, 11)
    np.testing.assert_allclose(found @ ratings, expected @ ratings, atol=0.01)
