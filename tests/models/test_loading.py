import json
import shutil

import numpy as np
import pytest
from tests.models.conftest import FACTS, tiny_tagger

from stayrank_common.errors import ArtifactError, WeightsError
from stayrank_models.artifacts import MANIFEST, WEIGHTS, Artifact
from stayrank_models.heads import PROBABILITIES
from stayrank_models.manifests import Manifest

pytestmark = pytest.mark.keras


def _manifest(**changes):
    return Manifest.model_validate({"files": {}, **FACTS, **changes})


def _tensors(model):
    """What a weights file of the model would hold."""
    return {layer.name: layer.get_weights() for layer in model.layers if layer.weights}


def _head(model):
    return model.get_layer(PROBABILITIES).get_weights()


def _backbone(model):
    return {name: values for name, values in _tensors(model).items() if name != PROBABILITIES}


def _classifier(name="mobilenet_v3_small"):
    from stayrank_models.heads import build_classifier

    return build_classifier(name, 3, 0.5, height=32, width=32)


@pytest.fixture(scope="module")
def other():
    """The tensors of a model with other values, without its head."""
    tensors = _tensors(tiny_tagger(seed=1))
    del tensors[PROBABILITIES]
    return tensors


@pytest.fixture(scope="module")
def model():
    """A model to put values into; each test compares with what it found there."""
    return tiny_tagger(seed=0)


def test_size_classes_and_options_are_those_of_the_manifest():
    from stayrank_models.loading import build

    small = build(_manifest(preprocessing={"width": 64, "height": 32}, labels=("a", "b", "c")))
    wide = build(_manifest(architecture={**FACTS["architecture"], "options": {"alpha": 0.5}}))

    assert small.input_shape == (None, 32, 64, 3)
    assert small.output_shape == (None, 3)
    assert wide.count_params() > 2 * small.count_params()


def test_an_unknown_backbone_is_named_with_those_that_there_are():
    from stayrank_models.loading import build

    with pytest.raises(ArtifactError, match=r"tiny .*'resnet'.*mobilenet, .*vgg16"):
        build(_manifest(architecture={"backbone": "resnet", "dropout": 0}))


def test_a_loaded_model_answers_as_the_one_that_was_exported(tiny_artifact, photos):
    from stayrank_models.exporting import round_kernels
    from stayrank_models.loading import load_model

    loaded, exported = load_model(tiny_artifact), tiny_tagger()
    round_kernels(exported)  # as the export does

    np.testing.assert_allclose(
        loaded.predict_on_batch(photos), exported.predict_on_batch(photos), atol=1e-6
    )


def test_weights_that_do_not_fit_are_told_with_their_file(tiny_artifact, tmp_path):
    from stayrank_models.loading import load_model

    folder = shutil.copytree(tiny_artifact.folder, tmp_path / "copy")
    content = json.loads((folder / MANIFEST).read_text())
    content["labels"] = content["labels"][:5]
    (folder / MANIFEST).write_text(json.dumps(content))

    with pytest.raises(WeightsError) as caught:
        load_model(Artifact(folder))
    assert str(caught.value).startswith(str(folder / WEIGHTS))


def test_a_start_without_a_head_leaves_the_head_as_it_was(model, other):
    from stayrank_models.loading import assign_start

    before = _head(model)
    assign_start(model, other)

    for name, values in _tensors(model).items():
        expected = before if name == PROBABILITIES else other[name]
        for value, wanted in zip(values, expected, strict=True):
            np.testing.assert_array_equal(value, wanted)


def test_a_head_of_the_same_shape_comes_along_and_another_does_not(model, other):
    from stayrank_models.loading import assign_start

    before = _head(model)
    fitting = [value + 1 for value in before]
    assign_start(model, {**other, "dense_1": [value[..., :5] for value in fitting]})
    kept = _head(model)
    assign_start(model, {**other, "dense_1": fitting})

    np.testing.assert_array_equal(kept[0], before[0])
    np.testing.assert_array_equal(_head(model)[0], fitting[0])
    np.testing.assert_array_equal(_head(model)[1], fitting[1])


def test_a_start_is_not_changed_by_being_used(model, other):
    from stayrank_models.loading import assign_start

    start = {**other, "dense_1": _head(model)}
    assign_start(model, start)

    assert start.keys() == {*other, "dense_1"}


def test_a_start_of_another_backbone_is_refused(model, other):
    from stayrank_models.loading import assign_start

    missing = dict(list(other.items())[1:])

    with pytest.raises(WeightsError):
        assign_start(model, missing)


def test_a_start_that_the_catalogue_does_not_list_is_refused(model):
    from stayrank_models.loading import load_start

    with pytest.raises(WeightsError, match="mobilenet-imagenet"):
        load_start(model, "resnet-imagenet")


def test_layers_that_older_versions_called_otherwise_are_matched_by_their_order():
    from stayrank_models.loading import assign_start

    model = _classifier()
    tensors = {name: [value + 1 for value in values] for name, values in _backbone(model).items()}

    assign_start(model, {name.replace("_", "/"): values for name, values in tensors.items()})

    for name, values in tensors.items():
        for found, expected in zip(model.get_layer(name).get_weights(), values, strict=True):
            np.testing.assert_array_equal(found, expected)


def test_weights_of_another_architecture_are_refused_and_change_nothing():
    from stayrank_models.loading import assign_start

    model = _classifier()
    before = model.get_weights()

    with pytest.raises(WeightsError, match="expected shapes"):
        assign_start(model, _backbone(_classifier("mobilenet_v3_large")))
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


def test_a_model_can_begin_where_an_artifact_ended(tiny_artifact):
    from stayrank_models.loading import load_model, load_start
    from stayrank_models.nima import build_nima

    expected = load_model(tiny_artifact)
    same, other_head = tiny_tagger(seed=1), build_nima(height=32, width=32, alpha=0.25)
    kept = _head(other_head)

    for model in (same, other_head):
        load_start(model, str(tiny_artifact.folder))

    for model, head in ((same, _head(expected)), (other_head, kept)):
        for name, values in (_backbone(expected) | {PROBABILITIES: head}).items():
            for found, value in zip(model.get_layer(name).get_weights(), values, strict=True):
                np.testing.assert_array_equal(found, value)
