from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from stayrank_common.errors import DatasetError
from stayrank_training.data.photos import TaggedPhoto
from stayrank_training.recipe_parts import Teacher
from stayrank_training.task import Task
from stayrank_training.teaching import read_teacher, soft_targets, with_teacher

PHOTOS = [TaggedPhoto(Path(name), name, "pool", "train") for name in ("a.jpg", "b.jpg", "c.jpg")]


def _file(folder, files, probabilities, classes=("pool", "bar")):
    path = folder / "teacher.npz"
    probabilities = np.array(probabilities, np.float32)
    np.savez(path, files=np.array(files), classes=np.array(classes), probabilities=probabilities)
    return path


def test_opinions_are_matched_by_name(tmp_path):
    path = _file(tmp_path, ["c.jpg", "z.jpg", "a.jpg"], [[0.1, 0.9], [1, 0], [0.7, 0.3]])

    said, knows = read_teacher(path, PHOTOS, classes=("pool", "bar"))

    np.testing.assert_allclose(said, [[0.7, 0.3], [0, 0], [0.1, 0.9]], rtol=1e-6)
    assert knows.tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("files", "probabilities", "complaint"),
    [
        (["a.jpg"], [[0.5, 0.4, 0.1]], r"shape \(1, 2\)"),
        (["a.jpg"], [[0.5, 0.1]], "distribution"),
        (["a.jpg"], [[np.nan, 1]], "distribution"),
        (["z.jpg"], [[0.5, 0.5]], "none of the photos"),
        (["a.jpg", "b.jpg"], [[0.5, 0.5]], r"shape \(2, 2\)"),
    ],
)
def test_a_teacher_of_something_else_is_refused(tmp_path, files, probabilities, complaint):
    with pytest.raises(DatasetError, match=complaint):
        read_teacher(_file(tmp_path, files, probabilities), PHOTOS, classes=("pool", "bar"))


def test_the_classes_of_another_order_are_refused(tmp_path):
    path = _file(tmp_path, ["a.jpg"], [[0.5, 0.5]], classes=("bar", "pool"))

    with pytest.raises(DatasetError, match=r"\('bar', 'pool'\), expected \('pool', 'bar'\)"):
        read_teacher(path, PHOTOS, classes=("pool", "bar"))


def test_a_missing_or_broken_file_is_named(tmp_path):
    (tmp_path / "teacher.npz").write_text("no arrays")

    for name in ("none.npz", "teacher.npz"):
        with pytest.raises(DatasetError, match=name):
            read_teacher(tmp_path / name, PHOTOS, classes=("pool", "bar"))


def test_targets_lie_between_label_and_teacher_and_follow_one_where_the_other_is_silent():
    labels = np.array([[1, 0], [1, 0], [0.5, 0.5]], np.float32)
    said = np.array([[0.2, 0.8], [0, 0], [0.2, 0.8]], np.float32)
    labelled, knows = np.array([True, True, False]), np.array([True, False, True])
    teacher = Teacher(probabilities="", weight=0.25)

    targets = soft_targets(labels, labelled, said, knows, teacher)

    np.testing.assert_allclose(targets, [[0.8, 0.2], [1, 0], [0.2, 0.8]], rtol=1e-6)
    soft = soft_targets(labels, labelled, said, knows, Teacher(probabilities="", temperature=1e6))
    np.testing.assert_allclose(soft[2], [0.5, 0.5], atol=1e-5)


def test_a_label_that_the_teacher_doubts_is_left_out_unless_a_hotel_carries_it():
    photos = [replace(photo, hotel="h" if photo.file == "b.jpg" else "") for photo in PHOTOS]
    labels = np.array([[1, 0], [1, 0], [1, 0]], np.float32)
    said = np.array([[0.02, 0.98], [0.02, 0.98], [0.3, 0.7]], np.float32)
    everyone = np.ones(3, np.bool_)
    task = Task(labels, labels, np.ones(3, np.float32), everyone, np.zeros(3, int), everyone, None)

    taught = with_teacher(task, photos, said, everyone, Teacher(weight=0.5, least=0.05))

    assert taught.weights.tolist() == [0, 1, 1]
    assert taught.left_out == {"of a label that the teacher doubts": 1}
    np.testing.assert_allclose(taught.targets[2], [0.65, 0.35], rtol=1e-6)
