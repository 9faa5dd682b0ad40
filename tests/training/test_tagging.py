import json

import numpy as np
import pytest
from tests.models.conftest import liven

from stayrank_common.errors import DatasetError
from stayrank_common.inputs import PhotoInput
from stayrank_common.taxonomy import default_taxonomy
from stayrank_models.artifacts import Artifact
from stayrank_models.predictors import TagPredictor
from stayrank_models.tensors import read_tensors

pytestmark = pytest.mark.keras


@pytest.fixture(autouse=True)
def random_start(monkeypatch):
    """No download: the backbone gets random values."""
    monkeypatch.setattr("stayrank_training.tagging.load_start", lambda model, _: liven(model))


def _recipe(tmp_path, **changes):
    from stayrank_training.recipe import TaggerRecipe

    (tmp_path / "recipe.toml").write_text('name = "tiny"\n')
    overrides = {
        "preprocessing.width": 32,
        "preprocessing.height": 32,
        "head.epochs": 4,
        "folds": 2,
        "unknown_weight": 0.5,
        **changes,
    }
    return TaggerRecipe.load(tmp_path / "recipe.toml", [f"{k}={v}" for k, v in overrides.items()])


def test_a_run_leaves_an_artifact_and_enough_to_repeat_it(dataset, tmp_path):
    from stayrank_training.recipe import TaggerRecipe
    from stayrank_training.tagging import train

    recipe = _recipe(tmp_path)
    run = train(recipe, dataset, tmp_path / "run")

    artifact = Artifact(run.artifact)
    assert artifact.manifest.metrics == run.metrics
    assert run.metrics["photos"] == 8
    assert {"top1", "kept_known", "false_accept", "false_accept_other"} <= run.metrics.keys()
    assert artifact.manifest.outputs == (*default_taxonomy().labels, "other")
    assert "tiny" in artifact.card()
    assert read_tensors(artifact.read("model.weights.h5"))
    assert TaggerRecipe.load(run.folder / "recipe.resolved.toml") == recipe
    records = json.loads((run.folder / "run.json").read_text())
    assert records["data_sha256"] == artifact.manifest.training["data_sha256"]
    assert records["libraries"]["keras"]
    saved = json.loads((run.folder / "metrics.json").read_text())
    assert saved["test"] == run.metrics
    assert saved["validation"]["photos"] > 0


def test_unknown_classes_are_trained_towards_no_area_in_particular():
    from stayrank_training.tagging import _targets

    np.testing.assert_allclose(_targets(np.array([2, -1]), 8), [np.eye(8)[2], np.full(8, 1 / 8)])


@pytest.mark.slow
def test_a_binary_taxonomy_is_trained_against_all_the_rest(dataset, tmp_path, picture):
    from stayrank_models.engines import open_engine
    from stayrank_training.tagging import train

    (tmp_path / "areas.toml").write_text(
        '[[areas]]\nid = "wet"\nnames = { en = "wet" }\n'
        'folders = ["bathroom", "swimming_pool"]\nthreshold = 0.7\n'
        '[[areas]]\nid = "dry"\nnames = { en = "dry" }\nfolders = ["*"]\n'
    )
    run = train(_recipe(tmp_path, taxonomy="areas.toml"), dataset, tmp_path / "run")

    artifact = Artifact(run.artifact)
    predictor = TagPredictor(artifact, open_engine(artifact, "openvino"))
    (result,) = predictor.predict([PhotoInput("a", picture())])
    predictor.close()
    assert artifact.manifest.outputs == ("wet", "dry")
    assert artifact.manifest.calibration.thresholds == {"wet": 0.7}
    assert run.metrics["photos"] == 9
    assert {entry.tag for entry in result.tags} == {"wet", "dry"}


def test_an_area_without_photos_is_refused(dataset, tmp_path):
    from stayrank_training.tagging import train

    (tmp_path / "areas.toml").write_text(
        '[[areas]]\nid = "spa"\nnames = { en = "spa" }\n'
        '[[areas]]\nid = "kitchen"\nnames = { en = "kitchen" }\n'
    )

    with pytest.raises(DatasetError, match="no training photo of 'spa'"):
        train(_recipe(tmp_path, taxonomy="areas.toml"), dataset, tmp_path / "run")


def test_a_dataset_without_a_test_split_is_refused(tmp_path, picture):
    from stayrank_training.tagging import train

    for index in range(20):
        path = tmp_path / "tagging" / "train" / "kitchen" / f"{index}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture(seed=index))

    with pytest.raises(DatasetError, match="'test'"):
        train(_recipe(tmp_path), tmp_path, tmp_path / "run")
