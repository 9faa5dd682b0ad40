import numpy as np
import pytest

from stayrank_common.tags import TAGS
from stayrank_common.taxonomy import Taxonomy

pytestmark = pytest.mark.keras


@pytest.fixture
def areas_alone(tmp_path):
    """The default areas, without an output for what is to be rejected."""
    areas = (f'[[areas]]\nid = "{tag}"\nnames = {{ en = "{tag}" }}\n' for tag in TAGS)
    (tmp_path / "areas.toml").write_text("".join(areas))
    return tmp_path / "areas.toml"


def test_a_teacher_moves_targets_and_brings_untagged_photos_in(tagger_recipe, areas_alone, copy):
    from stayrank_training.data.photos import read_photos
    from stayrank_training.tagging_task import class_indices, task_of

    photos = read_photos(copy / "tagging")
    said = np.full((len(photos), len(TAGS)), 1 / len(TAGS), np.float32)
    files = np.array([p.file for p in photos])
    np.savez(copy / "t.npz", files=files, classes=np.array(TAGS), probabilities=said)
    teacher = {"probabilities": "t.npz", "weight": 0.5, "unlabelled_weight": 0.25}
    changes = {f"teacher.{key}": value for key, value in teacher.items()}

    plain = task_of(tagger_recipe(taxonomy=areas_alone), copy, photos)
    task = task_of(tagger_recipe(taxonomy=areas_alone, **changes), copy, photos)

    known = class_indices(photos, Taxonomy.load(areas_alone)) >= 0
    np.testing.assert_allclose(task.targets[known].max(axis=1), 0.5 + 0.5 / len(TAGS), rtol=1e-5)
    np.testing.assert_array_equal(task.labels, plain.labels)
    training = np.array([photo.split == "train" for photo in photos])
    assert set(task.weights[~known & training].tolist()) == {0.25}
    assert not task.weights[~training].any()
    assert not task.stopping(0)[~known].any()


def test_unknown_classes_are_trained_towards_no_area_in_particular():
    from stayrank_training.tagging_task import _labels

    np.testing.assert_allclose(_labels(np.array([2, -1]), 8), [np.eye(8)[2], np.full(8, 1 / 8)])


def test_photos_that_are_not_learnt_from_are_counted(tagger_recipe, areas_alone, dataset):
    from stayrank_training.data.photos import read_photos
    from stayrank_training.tagging_task import task_of

    photos = read_photos(dataset / "tagging")

    left_out = task_of(tagger_recipe(taxonomy=areas_alone), dataset, photos, discarded=2).left_out

    assert left_out == {
        "in a split that is not learnt from": 9,
        "of a source that weighs 0": 0,
        "of no class that is learnt": 5,
        "dropped by the corrections": 2,
    }
