import csv
import json

import numpy as np
import pytest

from stayrank_common.errors import DatasetError
from stayrank_models.artifacts import Artifact

pytestmark = pytest.mark.keras


def test_a_run_leaves_an_artifact_that_knows_its_percentiles(aesthetic_recipe, dataset, tmp_path):
    from stayrank_training.aesthetics import train

    run = train(aesthetic_recipe(**{"finetune.epochs": 1}), dataset, tmp_path / "run")

    manifest = Artifact(run.artifact).manifest
    assert manifest.task == "aesthetics"
    assert manifest.metrics == run.metrics
    assert {"emd", "lcc", "srcc", "accuracy_at_5"} <= run.metrics.keys()
    with (run.folder / "curves.csv").open() as file:
        last = list(csv.DictReader(file))[-1]
    assert 0 <= float(last["mean_score_error"]) <= 9
    assert 0 <= float(last["val_accuracy_at_5"]) <= 1
    assert 1 <= manifest.calibration.percentiles[0] <= manifest.calibration.percentiles[100] <= 10
    assert "vision-language model" in Artifact(run.artifact).card()
    assert manifest.architecture.options == {"alpha": 0.25}


@pytest.mark.parametrize("others", ["rated", "for a teacher to rate"])
def test_a_hotel_both_to_train_and_to_report_on_is_refused(aesthetic_recipe, copy, others):
    from stayrank_training.aesthetics import setup

    train, test = (copy / "aesthetics" / f"labels_{split}.json" for split in ("train", "test"))
    moved, *rows = json.loads(train.read_text())
    if others != "rated":
        rows = [row for row in rows if "/0." not in row["image_id"]]  # none of hotel-0
    train.write_text(json.dumps(rows))
    test.write_text(json.dumps([*json.loads(test.read_text()), moved]))
    teacher = {"teacher.probabilities": "t.npz", "teacher.unlabelled_weight": 0.5}

    with pytest.raises(DatasetError, match=r"report on: hotel-0$"):
        setup(aesthetic_recipe(**teacher), copy)


def test_a_run_does_not_go_on_with_other_ratings(aesthetic_recipe, copy, tmp_path):
    from stayrank_training.aesthetics import setup
    from stayrank_training.preparing import prepare

    prepare(setup(aesthetic_recipe(), copy), tmp_path / "run")
    labels = copy / "aesthetics" / "labels_train.json"
    labels.write_text(json.dumps(json.loads(labels.read_text())[1:]))

    with pytest.raises(DatasetError, match="other photos or labels"):
        prepare(setup(aesthetic_recipe(), copy), tmp_path / "run")


def test_test_photos_are_neither_learnt_from_nor_held_out(aesthetic_recipe, dataset, tmp_path):
    from stayrank_training.aesthetics import setup
    from stayrank_training.preparing import prepare

    prepared = prepare(setup(aesthetic_recipe(), dataset), tmp_path / "run")

    test = np.array([photo.split == "test" for photo in prepared.photos])
    assert test.sum() == 9
    assert not prepared.task.weights[test].any()
    assert (prepared.task.folds[test] == -1).all()
    np.testing.assert_allclose(prepared.task.labels.sum(axis=1), 1, rtol=1e-6)


def test_a_teacher_rates_photos_that_nobody_rated(aesthetic_recipe, copy, tmp_path):
    from stayrank_training.aesthetics import setup
    from stayrank_training.preparing import prepare

    labels = copy / "aesthetics" / "labels_train.json"
    rows = json.loads(labels.read_text())
    labels.write_text(json.dumps(rows[1:]))
    unrated = rows[0]["image_id"]
    row = np.eye(10, dtype=np.float32)[[6]]
    classes = np.arange(1, 11)
    np.savez(copy / "t.npz", files=np.array([unrated]), classes=classes, probabilities=row)
    teacher = {"teacher.probabilities": "t.npz", "teacher.unlabelled_weight": 0.5}

    prepared = prepare(setup(aesthetic_recipe(**teacher), copy), tmp_path / "run")

    (index,) = (i for i, photo in enumerate(prepared.photos) if photo.file == unrated)
    np.testing.assert_allclose(prepared.task.targets[index], row[0])
    assert prepared.task.weights[index] == 0.5
    assert prepared.task.folds[index] == -1
