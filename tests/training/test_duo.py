"""A pupil of two tiny teachers."""

import json
import shutil

import numpy as np
import pytest

from stayrank_common.errors import ArtifactError, DatasetError
from stayrank_common.inputs import PhotoInput
from stayrank_common.taxonomy import default_taxonomy
from stayrank_models.answers import with_temperature
from stayrank_models.artifacts import WEIGHTS, Artifact
from stayrank_models.both import DuoPredictor
from stayrank_models.manifests import RATING_LABELS, TaggingCalibration
from stayrank_models.predictors import AestheticPredictor, TagPredictor
from stayrank_models.rejection import known_score
from stayrank_models.tensors import read_tensors

pytestmark = pytest.mark.keras

TAXONOMY = default_taxonomy()
CLASSES = len(TAXONOMY.labels + TAXONOMY.unrelated)


@pytest.fixture(scope="module")
def teachers(tmp_path_factory):
    """A random tagger and a random NIMA model, exported."""
    from stayrank_models.exporting import export_artifact
    from stayrank_models.loading import load_start
    from stayrank_models.nima import build_nima
    from stayrank_models.tagger import build_tagger

    size = {"height": 32, "width": 32}
    facts = {
        "version": "1.0.0",
        "architecture": {"backbone": "mobilenet", "dropout": 0.0, "options": {"alpha": 0.25}},
        "preprocessing": size,
        "license": "Apache-2.0",
        "training": {},
        "metrics": {},
    }
    parts = {
        "tagging": {
            "labels": TAXONOMY.labels,
            "unrelated": TAXONOMY.unrelated,
            "calibration": {"temperature": 0.8, "threshold": 0.6},
        },
        "aesthetics": {
            "labels": RATING_LABELS,
            "calibration": {"percentiles": [1 + i / 12 for i in range(101)]},
        },
    }
    made = {}
    for task, part in parts.items():
        build = build_nima if task == "aesthetics" else build_tagger
        classes = {} if task == "aesthetics" else {"classes": CLASSES}
        model = build("mobilenet", dropout=0.0, alpha=0.25, **size, **classes)
        load_start(model, "random", seed=1)
        folder = tmp_path_factory.mktemp(task)
        export_artifact(model, folder, {"name": task, "task": task, **facts, **part}, "# Card\n")
        made[task] = str(folder)
    return made


@pytest.fixture
def duo_recipe(tmp_path, teachers):
    """Make a recipe for a tiny pupil: `duo_recipe(key=value)`."""
    from tests.training.conftest import TINY

    from stayrank_training.recipe import DuoRecipe

    def make(**changes):
        (tmp_path / "recipe.toml").write_text('name = "tiny"\n')
        names = {f"teachers.{task}": folder for task, folder in teachers.items()}
        overrides = {**TINY, **names, "finetune.epochs": 1, "finetune.draws": 16, **changes}
        return DuoRecipe.load(tmp_path / "recipe.toml", [f"{k}={v}" for k, v in overrides.items()])

    return make


def test_a_run_leaves_one_artifact_that_gives_both_answers(duo_recipe, dataset, tmp_path):
    from stayrank_training.duo import train

    run = train(duo_recipe(duplicate_threshold=0.93), dataset, tmp_path / "run")

    artifact = Artifact(run.artifact)
    assert artifact.info.duplicate_threshold == 0.93
    assert artifact.manifest.task == "duo"
    assert artifact.manifest.metrics == run.metrics
    assert {"top1", "false_accept", "srcc", "photos", "rated_photos"} <= run.metrics.keys()
    assert [each["name"] for each in artifact.manifest.training["teachers"]] == [
        "tagging",
        "aesthetics",
    ]
    assert "vision-language model" in artifact.card()
    for kind in (DuoPredictor, TagPredictor, AestheticPredictor):
        predictor = kind(artifact)
        assert predictor.info.name == "tiny"
        predictor.close()


def test_both_answers_may_have_ends_of_their_own(duo_recipe, teachers, dataset, tmp_path):
    from stayrank_training.duo import train

    both = {"branch": "conv_pw_11_relu", "start.weights": "+".join(teachers.values())}
    run = train(duo_recipe(**both), dataset, tmp_path / "run")

    artifact = Artifact(run.artifact)
    assert artifact.manifest.architecture.branch == "conv_pw_11_relu"
    assert len(read_tensors(artifact.read(WEIGHTS))["dense"][0]) == 2 * 256  # channels
    predictor = DuoPredictor(artifact)
    assert predictor.predict([PhotoInput("a", next(dataset.rglob("*.jpg")))])[0].aesthetic
    predictor.close()


def test_photos_of_test_are_not_learnt_from_and_no_label_of_theirs_is_a_target(
    duo_recipe, dataset, tmp_path
):
    from stayrank_training.duo import setup
    from stayrank_training.preparing import prepare

    prepared = prepare(setup(duo_recipe(), dataset), tmp_path / "run")

    test = np.array([photo.split == "test" for photo in prepared.photos])
    assert test.sum() == 9
    assert not prepared.task.weights[test].any()
    assert not prepared.task.targets[test].any()
    assert (prepared.task.weights[~test] > 0).all()


def test_a_photo_that_was_dropped_as_mistagged_is_still_rated(duo_recipe, dataset, tmp_path):
    from stayrank_training.duo import setup
    from stayrank_training.preparing import prepare

    copy = shutil.copytree(dataset, tmp_path / "data")
    name = json.loads((copy / "aesthetics" / "labels_train.json").read_text())[0]["image_id"]
    (copy / "tagging" / "corrections.csv").write_text(
        f"file,label,verdict\n{name},{name.split('/')[1]},drop\n"
    )

    recipe = duo_recipe(corrections="tagging/corrections.csv", **{"teachers.weight": 0.25})
    prepared = prepare(setup(recipe, copy), tmp_path / "run")

    (index,) = (i for i, photo in enumerate(prepared.photos) if photo.file == name)
    target = prepared.task.targets[index]
    assert prepared.task.weights[index] > 0
    assert not target[:CLASSES].any()
    assert target[CLASSES:].sum() == pytest.approx(0.75)


def test_teachers_fill_what_labels_leave_open():
    from stayrank_training.two_teachers import completed

    said = np.random.default_rng(0).dirichlet(np.ones(CLASSES), 2).astype(np.float32)
    said = np.concatenate([said, np.full((2, 10), 0.1, np.float32)], axis=1)
    targets = np.zeros_like(said)
    targets[0, 3], targets[1, CLASSES] = 0.4, 1

    filled = completed(targets, said)

    np.testing.assert_allclose(filled[0, :CLASSES], targets[0, :CLASSES] + 0.6 * said[0, :CLASSES])
    np.testing.assert_allclose(filled[0, CLASSES:], said[0, CLASSES:])
    np.testing.assert_allclose(filled[1, :CLASSES], said[1, :CLASSES])
    np.testing.assert_allclose(filled[1, CLASSES:], targets[1, CLASSES:])


def test_a_tag_that_the_teacher_does_not_believe_is_left_to_it_but_for_hotels(
    duo_recipe, dataset, tmp_path
):
    from stayrank_training.duo import setup, trusting
    from stayrank_training.preparing import prepare

    prepared = prepare(setup(duo_recipe(), dataset), tmp_path / "run")
    photos = list(prepared.photos)
    stranger = next(i for i, photo in enumerate(photos) if photo.split == "train")
    photos[stranger] = photos[stranger].__class__(photos[stranger].path, "a", "kitchen", "train")
    said = np.full_like(prepared.task.labels, 0.04)

    targets = trusting(prepared.task, photos, said, least=0.05).targets

    assert not targets[stranger, :CLASSES].any()
    kept = np.arange(len(photos)) != stranger
    np.testing.assert_array_equal(targets[kept], prepared.task.targets[kept])
    np.testing.assert_array_equal(targets[:, CLASSES:], prepared.task.targets[:, CLASSES:])


def test_a_pupil_is_as_sure_as_its_teacher_and_rejects_as_many():
    from stayrank_training.duo import calibrated_like

    said = np.random.default_rng(0).dirichlet(np.full(CLASSES, 0.3), 400).astype(np.float32)
    less_sure = with_temperature(said, 1.7).astype(np.float32)
    calibration = TaggingCalibration(temperature=0.8, threshold=0.7)

    carried = calibrated_like(calibration, said, less_sure, TAXONOMY)

    theirs = with_temperature(said, calibration.temperature)
    mine = with_temperature(less_sure, carried.temperature)
    areas = len(TAXONOMY.labels)
    rejects = [
        (known_score(p, areas) < c.threshold).mean()
        for p, c in ((theirs, calibration), (mine, carried))
    ]
    assert mine.max(axis=1).mean() == pytest.approx(theirs.max(axis=1).mean(), abs=1e-3)
    assert rejects[1] == pytest.approx(rejects[0], abs=0.005)


@pytest.mark.parametrize(
    ("changes", "error", "reason"),
    [
        ({"teachers.tagging": "no-such-model"}, ArtifactError, "no-such-model"),
        ({"teachers.tagging": "nima-mobilenet"}, ArtifactError, "not for tagging"),
        ({"teachers.tagging": "tagger-mobilenet"}, DatasetError, "preprocessing"),
        ({"cross_fit": "true", "label_smoothing": 0.1}, DatasetError, "cross_fit, label_smoothing"),
    ],
)
def test_teachers_that_cannot_teach_are_refused(changes, error, reason, duo_recipe):
    from stayrank_training.two_teachers import find_teachers

    with pytest.raises(error, match=reason):
        find_teachers(duo_recipe(**changes))
