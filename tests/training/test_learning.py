import json

import numpy as np
import pytest

from stayrank_models.artifacts import Artifact
from stayrank_training.data.out_of_fold import read_probabilities

pytestmark = pytest.mark.keras

CROSS_FIT = {
    "cross_fit": "true",
    "head.epochs": 2,
    "finetune.epochs": 2,
    "finetune.fold_epochs": 1,
    "finetune.learning_rate": 1e-3,
    "finetune.batch_size": 16,
}


def test_a_cross_fitted_run_holds_every_hotel_out_once_and_learns_from_all(
    tagger_recipe, dataset, tmp_path
):
    from stayrank_training.checkpoints import read_rows
    from stayrank_training.tagging import train

    recipe = tagger_recipe(**CROSS_FIT, **{"teacher.weight": 0.3})
    run = train(recipe, dataset, tmp_path / "run")

    answer = read_probabilities(run.folder / "out_of_fold.npz")
    assert len(answer.files) == 5 * 9  # five training hotels, and none of test
    assert tuple(answer.classes) == Artifact(run.artifact).manifest.outputs
    phases = {path.stem for path in (run.folder / "checkpoints").iterdir()}
    assert phases == {f"{phase}-{fold}" for phase in ("head", "layers") for fold in (0, 1, "all")}
    assert json.loads((run.folder / "metrics.json").read_text())["validation"]["photos"] == 5 * 8
    assert len(read_rows(run.folder / "checkpoints" / "layers-0.npz")) == 1
    assert len(read_rows(run.folder / "checkpoints" / "layers-all.npz")) == 2
    assert (run.folder / "curves.png").is_file()


def test_what_is_said_of_a_fold_comes_from_the_others(tagger_recipe, dataset, tmp_path):
    from stayrank_training.learning import predict, read_pixels, unseen_by_folds
    from stayrank_training.preparing import prepare
    from stayrank_training.tagging import setup

    prepared = prepare(setup(tagger_recipe(**CROSS_FIT), dataset), tmp_path / "run")
    task, pixels = prepared.task, read_pixels(prepared)
    untagged = np.flatnonzero(task.folds == 1)[0]
    task.labelled[untagged], task.weights[untagged] = False, 0
    before = predict(prepared.model, pixels)
    said = unseen_by_folds(prepared, pixels)
    shuffled = task.targets[task.folds == 0][::-1].copy()
    task.targets[task.folds == 0] = shuffled  # another truth about the fold that is held out

    again = prepare(setup(tagger_recipe(**CROSS_FIT), dataset), tmp_path / "again")
    again.task.targets[task.folds == 0] = shuffled
    again.task.labelled[untagged], again.task.weights[untagged] = False, 0
    other = unseen_by_folds(again, pixels)

    np.testing.assert_allclose(said[task.folds >= 0].sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(other[task.folds == 0], said[task.folds == 0], atol=1e-4)
    assert np.abs(other[task.folds == 1] - said[task.folds == 1]).max() > 1e-3
    np.testing.assert_array_equal(predict(prepared.model, pixels), before)


def test_photos_that_nobody_rated_are_taught_by_all_folds_together(
    aesthetic_recipe, dataset, tmp_path
):
    from stayrank_training.aesthetics import setup
    from stayrank_training.learning import learn
    from stayrank_training.preparing import prepare

    changes = {**CROSS_FIT, "teacher.weight": 0.5, "teacher.unlabelled_weight": 0.25}
    prepared = prepare(setup(aesthetic_recipe(**changes), dataset), tmp_path / "run")
    prepared.task.labelled[0], prepared.task.folds[0], prepared.task.weights[0] = False, -1, 0

    learnt = learn(prepared)

    np.testing.assert_allclose(learnt.unseen[0].sum(), 1, rtol=1e-5)
    assert not learnt.judged[0]
    assert prepared.photos[0].file in read_probabilities(tmp_path / "run" / "out_of_fold.npz").files


def test_centred_scores_are_right_on_average_for_hotels_that_were_not_seen(
    aesthetic_recipe, dataset, tmp_path
):
    from stayrank_training.aesthetics import train

    run = train(aesthetic_recipe(**CROSS_FIT, centred="true"), dataset, tmp_path / "run")

    validation = json.loads((run.folder / "metrics.json").read_text())["validation"]
    assert abs(validation["mean_score_bias"]) < 1e-3


def test_a_recipe_is_judged_by_the_hotels_of_all_splits(
    tagger_recipe, aesthetic_recipe, dataset, tmp_path
):
    from stayrank_training import aesthetics, tagging

    recipe = tagger_recipe(**CROSS_FIT, false_accept=0.2)
    tags = tagging.cross_validate(recipe, dataset, tmp_path / "tags")
    ratings = aesthetics.cross_validate(aesthetic_recipe(**CROSS_FIT), dataset, tmp_path / "rated")

    written = json.loads((tmp_path / "tags" / "metrics.json").read_text())
    assert written["cross_validation"] == tags
    assert np.array(written["confusion"]).sum() == tags["photos"] == 6 * 8
    assert 0 <= tags["macro_recall"] <= 1
    assert tags["false_accept"] <= 0.2
    assert ratings["photos"] == 6 * 9
    assert not (tmp_path / "tags" / "artifact").exists()
