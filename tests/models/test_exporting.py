import h5py
import numpy as np
import pytest

from stayrank_common.errors import ArtifactError
from stayrank_models.artifacts import WEIGHTS
from stayrank_models.engines import open_engine

pytestmark = pytest.mark.keras


def _model(weights: int):
    import keras

    photo = keras.Input((weights,))
    return keras.Model(photo, keras.layers.Dense(1, name="probabilities")(photo))


def test_both_runtimes_give_the_same_outputs_as_each_other(tiny_artifact, photos):
    one = open_engine(tiny_artifact, "keras").predict(photos, feature_map=True)
    other = open_engine(tiny_artifact, "openvino").predict(photos, feature_map=True)

    for name in ("probabilities", "embedding", "feature_map"):
        a, b = getattr(one, name), getattr(other, name)
        assert a.shape == b.shape
        assert a.dtype == b.dtype == np.float32
        np.testing.assert_allclose(a, b, atol=0.01 * np.abs(a).max())


def test_the_artifact_answers_like_the_model_that_was_exported(tmp_path, photos):
    from tests.models.conftest import FACTS, tiny_tagger

    from stayrank_models.exporting import export_artifact

    model = tiny_tagger(seed=3)
    artifact = export_artifact(model, tmp_path, FACTS, "# Card")

    found = open_engine(artifact, "keras").predict(photos).probabilities
    np.testing.assert_allclose(found, model.predict(photos, verbose=0), atol=1e-5)
    assert artifact.card() == "# Card"
    assert artifact.manifest.metrics == FACTS["metrics"]


def test_large_kernels_are_stored_in_half_precision_and_small_tensors_are_not(tiny_artifact):
    sizes = {"float16": [], "float32": []}

    def note(_, item):
        if isinstance(item, h5py.Dataset):
            sizes[item.dtype.name].append(item.size)

    with h5py.File(tiny_artifact.folder / WEIGHTS) as file:
        file.visititems(note)

    assert min(sizes["float16"]) >= 2**14 > max(sizes["float32"])


def test_keras_itself_can_load_the_weights_file(tiny_artifact, photos):
    from tests.models.conftest import tiny_tagger

    from stayrank_models.heads import serving_model

    served = serving_model(tiny_tagger(seed=9))
    served.load_weights(tiny_artifact.folder / WEIGHTS)

    expected = open_engine(tiny_artifact, "keras").predict(photos).probabilities
    found = served.predict(photos, verbose=0)["probabilities"]
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_rounding_twice_is_rounding_once_and_leaves_small_tensors_alone():
    from stayrank_models.exporting import round_kernels

    model = _model(2**14)
    model.layers[-1].bias.assign([0.1])
    round_kernels(model)
    once = model.get_weights()
    round_kernels(model)

    assert all(np.array_equal(a, b) for a, b in zip(once, model.get_weights(), strict=True))
    assert once[1] == np.float32(0.1)


def test_a_value_too_large_for_half_precision_is_refused():
    from stayrank_models.exporting import round_kernels

    model = _model(2**14)
    model.layers[-1].kernel.assign(np.full((2**14, 1), 1e6))

    with pytest.raises(ArtifactError, match="float16"):
        round_kernels(model)
