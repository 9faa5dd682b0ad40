import json
import shutil

import pytest
from tests.models.conftest import liven

from stayrank_common.errors import DatasetError
from stayrank_models.artifacts import Artifact

pytestmark = pytest.mark.keras


@pytest.fixture
def recipe(tmp_path, monkeypatch):
    from stayrank_training.recipe import AestheticRecipe

    monkeypatch.setattr("stayrank_training.aesthetics.load_start", lambda model, _: liven(model))
    (tmp_path / "recipe.toml").write_text(
        'name = "tiny"\nfolds = 2\n'
        "[preprocessing]\nwidth = 32\nheight = 32\n[head]\nepochs = 4\n[finetune]\nepochs = 1\n"
    )
    return AestheticRecipe.load(tmp_path / "recipe.toml")


def test_a_run_leaves_an_artifact_that_knows_its_percentiles(recipe, dataset, tmp_path):
    from stayrank_training.aesthetics import train

    run = train(recipe, dataset, tmp_path / "run")

    manifest = Artifact(run.artifact).manifest
    assert manifest.task == "aesthetics"
    assert manifest.metrics == run.metrics
    assert {"emd", "lcc", "srcc", "accuracy_at_5"} <= run.metrics.keys()
    assert 1 <= manifest.calibration.percentiles[0] <= manifest.calibration.percentiles[100] <= 10
    assert "vision-language model" in Artifact(run.artifact).card()


def test_a_hotel_both_to_train_and_to_report_on_is_refused(recipe, dataset, tmp_path):
    from stayrank_training.aesthetics import train

    copy = shutil.copytree(dataset, tmp_path / "data")
    labels = copy / "aesthetics" / "labels_test.json"
    train_rows = json.loads((copy / "aesthetics" / "labels_train.json").read_text())
    labels.write_text(json.dumps([*json.loads(labels.read_text()), train_rows[0]]))

    with pytest.raises(DatasetError, match="hotel-0"):
        train(recipe, copy, tmp_path / "run")
