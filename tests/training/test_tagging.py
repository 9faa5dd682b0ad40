import json
import shutil

import numpy as np
import pytest

from stayrank_common.errors import DatasetError, WeightsError
from stayrank_common.inputs import PhotoInput
from stayrank_common.taxonomy import default_taxonomy
from stayrank_models.artifacts import Artifact
from stayrank_models.predictors import TagPredictor
from stayrank_models.tensors import read_tensors

pytestmark = pytest.mark.keras


def test_a_run_leaves_an_artifact_and_enough_to_repeat_it(tagger_recipe, copy, tmp_path):
    from stayrank_training.recipe import TaggerRecipe
    from stayrank_training.tagging import train

    broken = copy / "tagging" / "train" / "other" / "0.jpg"
    broken.write_text("no photo")
    (copy / "fixes.csv").write_text("file,label,verdict\ntrain/other/1.jpg,other,drop\n")
    recipe = tagger_recipe(
        unknown_weight=0.5,
        unreadable_share=0.05,
        corrections="fixes.csv",
        duplicate_threshold=0.8,
    )
    run = train(recipe, copy, tmp_path / "run")

    artifact = Artifact(run.artifact)
    assert artifact.manifest.metrics == run.metrics
    assert run.metrics["photos"] == 8
    assert {"top1", "kept_known", "false_accept", "false_accept_other"} <= run.metrics.keys()
    assert artifact.manifest.outputs == (*default_taxonomy().labels, "other")
    assert artifact.manifest.duplicate_threshold == 0.8
    assert "tiny" in artifact.card()
    assert read_tensors(artifact.read("model.weights.h5"))
    assert TaggerRecipe.load(run.folder / "recipe.resolved.toml") == recipe
    records = json.loads((run.folder / "run.json").read_text())
    assert records["data_sha256"] == artifact.manifest.training["data_sha256"]
    assert records["libraries"]["keras"]
    assert list(records["dropped"]["cannot be decoded"]["files"]) == ["train/other/0.jpg"]
    assert records["dropped"]["dropped by the corrections"] == {"photos": 1}
    saved = json.loads((run.folder / "metrics.json").read_text())
    assert saved["test"] == run.metrics
    assert saved["validation"]["photos"] > 0
    curves = (run.folder / "curves.csv").read_text().splitlines()
    assert len(curves) == 1 + 2 * recipe.head.epochs
    assert (run.folder / "curves.png").is_file()
    assert list((run.folder / "tensorboard" / "head-0").iterdir())


def test_a_run_that_was_stopped_goes_on_and_ends_the_same(
    tagger_recipe, dataset, tmp_path, monkeypatch
):
    from stayrank_training import checkpoints
    from stayrank_training.preparing import prepare
    from stayrank_training.tagging import learn, setup

    recipe = tagger_recipe(**{"finetune.epochs": 2, "finetune.batch_size": 16})
    straight = learn(prepare(setup(recipe, dataset), tmp_path / "straight"))
    written = checkpoints.Checkpoint.on_epoch_end

    def interrupted(self, epoch, logs):
        written(self, epoch, logs)
        if self.path.stem == "layers-0":
            raise KeyboardInterrupt

    monkeypatch.setattr(checkpoints.Checkpoint, "on_epoch_end", interrupted)
    with pytest.raises(KeyboardInterrupt):
        learn(prepare(setup(recipe, dataset), tmp_path / "run"))
    monkeypatch.setattr(checkpoints.Checkpoint, "on_epoch_end", written)
    head = (tmp_path / "run" / "checkpoints" / "head-0.npz").read_bytes()
    resumed = learn(prepare(setup(recipe, dataset), tmp_path / "run"))

    assert (tmp_path / "run" / "checkpoints" / "head-0.npz").read_bytes() == head
    np.testing.assert_allclose(resumed.raw, straight.raw, atol=1e-4)
    assert len((tmp_path / "run" / "curves.csv").read_text().splitlines()) == 1 + 4 + 2


@pytest.mark.slow
def test_a_binary_taxonomy_is_trained_against_all_the_rest(
    tagger_recipe, dataset, tmp_path, picture
):
    from stayrank_models.engines import open_engine
    from stayrank_training.tagging import train

    (tmp_path / "areas.toml").write_text(
        '[[areas]]\nid = "wet"\nnames = { en = "wet" }\n'
        'folders = ["bathroom", "swimming_pool"]\nthreshold = 0.7\n'
        '[[areas]]\nid = "dry"\nnames = { en = "dry" }\nfolders = ["*"]\n'
    )
    run = train(tagger_recipe(taxonomy=tmp_path / "areas.toml"), dataset, tmp_path / "run")

    artifact = Artifact(run.artifact)
    predictor = TagPredictor(artifact, open_engine(artifact, "openvino"))
    (result,) = predictor.predict([PhotoInput("a", picture())])
    predictor.close()
    assert artifact.manifest.outputs == ("wet", "dry")
    assert artifact.manifest.calibration.thresholds == {"wet": 0.7}
    assert run.metrics["photos"] == 9
    assert {entry.tag for entry in result.tags} == {"wet", "dry"}


def test_an_area_without_photos_is_refused(tagger_recipe, dataset, tmp_path):
    from stayrank_training.tagging import train

    (tmp_path / "areas.toml").write_text(
        '[[areas]]\nid = "spa"\nnames = { en = "spa" }\n'
        '[[areas]]\nid = "kitchen"\nnames = { en = "kitchen" }\n'
    )

    with pytest.raises(DatasetError, match=r"too few of: spa \(none\)"):
        train(tagger_recipe(taxonomy=tmp_path / "areas.toml"), dataset, tmp_path / "run")


@pytest.mark.parametrize(
    ("missing", "complaint"),
    [("train/kitchen", "kitchen"), ("test", "'test'")],
)
def test_a_missing_class_or_split_is_named(tagger_recipe, copy, tmp_path, missing, complaint):
    from stayrank_training.preparing import prepare
    from stayrank_training.tagging import setup

    (copy / "tagging" / "manifest.csv").unlink()
    shutil.rmtree(copy / "tagging" / missing)

    with pytest.raises(DatasetError, match=complaint):
        prepare(setup(tagger_recipe(), copy), tmp_path / "run")


def test_a_hotel_both_to_learn_from_and_to_test_on_is_refused(tagger_recipe, copy):
    from stayrank_training.tagging import setup

    manifest = copy / "tagging" / "manifest.csv"
    manifest.write_text(manifest.read_text().replace("hotel-5", "hotel-0"))

    with pytest.raises(DatasetError, match=r"report on: hotel-0$"):
        setup(tagger_recipe(), copy)


def test_an_unknown_backbone_or_option_is_named(tagger_recipe, dataset, tmp_path):
    from stayrank_training.preparing import prepare
    from stayrank_training.tagging import setup

    for change in ({"start.backbone": "alexnet"}, {"start.options.beta": 1}):
        recipe = tagger_recipe(**change)
        with pytest.raises(DatasetError, match=r"alexnet|beta"):
            prepare(setup(recipe, dataset), tmp_path / "run", trial=True)


def test_too_many_folds_for_the_hotels_are_refused(tagger_recipe, dataset, tmp_path):
    from stayrank_training.preparing import prepare
    from stayrank_training.tagging import setup

    with pytest.raises(DatasetError, match="too few hotels"):
        prepare(setup(tagger_recipe(folds=50), dataset), tmp_path / "run")


def test_weights_of_another_architecture_are_refused_and_its_own_named(
    tagger_recipe, dataset, tmp_path
):
    from stayrank_training.preparing import prepare
    from stayrank_training.tagging import setup

    start = {"start.backbone": "mobilenet_v3_small", "start.weights": "nima-mobilenet"}
    with pytest.raises(WeightsError, match=r"start\.weights = 'mobilenet-v3-small-imagenet'"):
        prepare(setup(tagger_recipe(**start), dataset), tmp_path / "run")


def test_a_run_that_could_not_begin_leaves_its_folder_free(tagger_recipe, dataset, tmp_path):
    from stayrank_training.preparing import prepare
    from stayrank_training.tagging import setup

    for change in ({"start.backbone": "alexnet"}, {"folds": 50}):
        with pytest.raises(DatasetError):
            prepare(setup(tagger_recipe(**change), dataset), tmp_path / "run")

    prepare(setup(tagger_recipe(), dataset), tmp_path / "run")
    assert (tmp_path / "run" / "recipe.resolved.toml").is_file()


@pytest.mark.parametrize(("strangers", "expected"), [(60, 0.5), (40, 0.8)])
def test_the_shipped_model_is_made_as_sure_as_the_folds_were_of_photos_that_none_learnt_from(
    strangers, expected
):
    from stayrank_models.answers import with_temperature
    from stayrank_models.manifests import TaggingCalibration
    from stayrank_training.tagging import _matched
    from stayrank_training.task import Task

    rng = np.random.default_rng(0)
    unseen = rng.dirichlet(np.ones(4), 100).astype(np.float32)
    raw = with_temperature(unseen, 1.6).astype(np.float32)
    raw[strangers:] = 0.25  # of what was learnt from, nothing is asked
    weights = (np.arange(100) >= strangers).astype(np.float32)
    everyone, folds = np.ones(100, np.bool_), np.zeros(100, np.intp)
    task = Task(unseen, unseen, weights, everyone, folds, everyone, None)
    calibration = TaggingCalibration(temperature=0.8, threshold=0.3)

    matched = _matched(calibration, task, unseen, raw)

    assert matched.temperature == pytest.approx(expected, rel=1e-3)
    assert matched.threshold == 0.3
