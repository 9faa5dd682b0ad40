"""A tiny tagger that learns to rate."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from stayrank_common.errors import ArtifactError, DatasetError
from stayrank_common.inputs import PhotoInput
from stayrank_common.taxonomy import default_taxonomy
from stayrank_models.artifacts import Artifact
from stayrank_models.both import DuoPredictor
from stayrank_models.engines import FakeEngine
from stayrank_models.manifests import RATING_LABELS
from stayrank_models.predictors import AestheticPredictor, TagPredictor

pytestmark = pytest.mark.keras

TAXONOMY = default_taxonomy()
CLASSES = len(TAXONOMY.labels + TAXONOMY.unrelated)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Folders of a random tagger and of a random NIMA model."""
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
        "metrics": {"top1": 0.5, "photos": 9.0},
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
def duo_recipe(tmp_path, models):
    """Make a recipe for a tiny model: `duo_recipe(key=value)`."""
    from tests.training.conftest import TINY

    from stayrank_training.recipe import DuoRecipe

    own = {
        "start.weights": models["tagging"],
        "nima": models["aesthetics"],
        "finetune.epochs": 1,
        "finetune.draws": 16,
        "finetune.frozen_through": "conv_pw_11_relu",
    }

    def make(**changes):
        (tmp_path / "recipe.toml").write_text('name = "tiny"\n')
        overrides = {**TINY, **own, **changes}
        return DuoRecipe.load(tmp_path / "recipe.toml", [f"{k}={v}" for k, v in overrides.items()])

    return make


def test_a_run_leaves_the_tagger_with_a_second_answer(duo_recipe, models, dataset, tmp_path):
    from stayrank_training.duo import train

    run = train(duo_recipe(), dataset, tmp_path / "run")

    artifact, tagger = Artifact(run.artifact), Artifact(Path(models["tagging"]))
    assert artifact.manifest.task == "duo"
    assert artifact.manifest.architecture.branch == "conv_pw_11_relu"
    assert artifact.manifest.calibration == tagger.manifest.calibration
    assert artifact.manifest.metrics == run.metrics
    assert {"top1", "srcc", "photos", "rated_photos"} <= run.metrics.keys()
    assert "vision-language model" in artifact.card()
    photos = [PhotoInput(path.name, path) for path in sorted(dataset.rglob("*.jpg"))[:9]]
    duo, plain = DuoPredictor(artifact), TagPredictor(tagger)
    for both, tagged in zip(duo.predict(photos), plain.predict(photos), strict=True):
        assert both.aesthetic.mean > 0
        assert [t.tag for t in both.tags] == [t.tag for t in tagged.tags]
        expected = [t.probability for t in tagged.tags]
        assert [t.probability for t in both.tags] == pytest.approx(expected, abs=1e-4)
    for predictor in (duo, plain, AestheticPredictor(artifact)):
        predictor.close()


def test_photos_of_test_are_not_learnt_from_and_ratings_take_their_share(
    duo_recipe, dataset, tmp_path
):
    from stayrank_training.duo import setup
    from stayrank_training.preparing import prepare

    prepared = prepare(setup(duo_recipe(label_share=0.4), dataset), tmp_path / "run")

    test = np.array([photo.split == "test" for photo in prepared.photos])
    assert test.sum() == 9
    assert not prepared.task.weights[test].any()
    assert not prepared.task.targets[test].any()
    assert (prepared.task.weights[~test] > 0).all()
    np.testing.assert_allclose(prepared.task.targets[~test].sum(axis=1), 0.4, rtol=1e-6)


def test_a_photo_that_nobody_rated_is_the_teachers_alone(duo_recipe, dataset, tmp_path):
    from stayrank_training.duo import setup
    from stayrank_training.preparing import prepare

    copy = shutil.copytree(dataset, tmp_path / "data")
    labels = copy / "aesthetics" / "labels_train.json"
    unrated, *rated = json.loads(labels.read_text())
    labels.write_text(json.dumps(rated))

    prepared = prepare(setup(duo_recipe(unlabelled_weight=0.5), copy), tmp_path / "run")

    (index,) = (i for i, p in enumerate(prepared.photos) if p.file == unrated["image_id"])
    assert prepared.task.weights[index] == pytest.approx(0.5)
    assert not prepared.task.targets[index].any()


def test_a_teacher_fills_what_labels_leave_open():
    from stayrank_training.looking_on import Onlooker

    targets = np.zeros((2, 10), np.float32)
    targets[0, 3], targets[1, 0] = 0.4, 1
    pixels = np.zeros((2, 32, 32, 3), np.uint8)
    teacher = Onlooker(FakeEngine(10))

    filled = teacher.complete(pixels, targets)

    np.testing.assert_allclose(filled[0], targets[0] + 0.6 * teacher.ask(pixels)[0])
    np.testing.assert_array_equal(filled[1], targets[1])


@pytest.mark.parametrize(
    ("changes", "error", "reason"),
    [
        ({"nima": "no-such-model"}, ArtifactError, "no-such-model"),
        ({"start.weights": "nima-mobilenet"}, ArtifactError, "not for tagging"),
        ({"nima": "nima-mobilenet"}, DatasetError, "preprocessing"),
        ({"cross_fit": "true", "centred": "true"}, DatasetError, "cross_fit, centred"),
        ({"finetune.frozen_through": ""}, DatasetError, "frozen_through"),
    ],
)
def test_models_that_cannot_become_one_are_refused(changes, error, reason, duo_recipe):
    from stayrank_training.duo import find_models

    with pytest.raises(error, match=reason):
        find_models(duo_recipe(**changes))
