import json

import numpy as np
import pytest
from tests.models.conftest import liven

from stayrank_common.errors import DatasetError
from stayrank_models.artifacts import Artifact
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
    assert {"top1", "rejected_other"} <= run.metrics.keys()
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

    np.testing.assert_allclose(_targets(np.array([2, -1])), [np.eye(8)[2], np.full(8, 1 / 8)])


def test_a_dataset_without_a_test_split_is_refused(tmp_path, picture):
    from stayrank_training.tagging import train

    for index in range(20):
        path = tmp_path / "tagging" / "train" / "kitchen" / f"{index}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture(seed=index))

    with pytest.raises(DatasetError, match="'test'"):
        train(_recipe(tmp_path), tmp_path, tmp_path / "run")
