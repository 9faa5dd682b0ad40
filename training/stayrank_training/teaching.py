"""Learning from another model's opinion: softened targets, and labels that the teacher contradicts.

Reference:
    Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from stayrank_common.errors import DatasetError
from stayrank_models.answers import with_temperature
from stayrank_training.data.out_of_fold import read_probabilities

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from stayrank_training.data.photos import TaggedPhoto
    from stayrank_training.recipe import Recipe
    from stayrank_training.recipe_parts import Teacher
    from stayrank_training.task import Task


def read_teacher(
    path: Path, photos: Sequence[TaggedPhoto], classes: Sequence[str]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Read what a teacher says about photos.

    Args:
        path: Of the form that `read_probabilities` reads.
        photos: Whose opinion is asked for.
        classes: What the columns stand for.

    Returns:
        `(photos, classes)` probabilities, zeros where it says nothing; `(photos,)` whether it
        says something.

    Raises:
        DatasetError: If the file is malformed, has other classes or knows none of the photos.
    """
    answer = read_probabilities(path)
    if tuple(answer.classes) != tuple(classes):
        raise DatasetError(
            f"{path}: has the classes {tuple(answer.classes)}, expected {tuple(classes)}"
        )
    rows = {file: row for row, file in enumerate(answer.files)}
    places = np.array([rows.get(photo.file, -1) for photo in photos])
    knows = places >= 0
    if not knows.any():
        raise DatasetError(f"{path}: the teacher knows none of the photos")
    said = np.zeros((len(photos), len(classes)), np.float32)
    said[knows] = answer.probabilities[places[knows]]
    return said, knows


def soft_targets(
    labels: NDArray[np.float32],
    labelled: NDArray[np.bool_],
    said: NDArray[np.float32],
    knows: NDArray[np.bool_],
    teacher: Teacher,
) -> NDArray[np.float32]:
    """Targets between labels and a teacher: `(1 − w) · label + w · teacher^(1/T)`.

    Args:
        labels: `(photos, classes)`, rows summing to 1.
        labelled: `(photos,)` whether there is a label; without one the teacher alone counts.
        said: `(photos, classes)` of `read_teacher`.
        knows: `(photos,)` whether the teacher says something; without it the label alone counts.
        teacher: Share and temperature.

    Returns:
        `(photos, classes)` float32.
    """
    share = np.where(labelled, teacher.weight, 1.0)[knows, None]
    soft = with_temperature(said[knows], teacher.temperature)
    targets = labels.copy()
    targets[knows] = (1 - share) * labels[knows] + share * soft
    return targets


def teacher_file(recipe: Recipe, data: Path) -> tuple[Path, ...]:
    """The file of a teacher's answers within the data folder, if the recipe names one."""
    teacher = recipe.teacher
    return (data / teacher.probabilities,) if teacher and teacher.probabilities else ()


def with_teacher_file(
    task: Task, photos: Sequence[TaggedPhoto], recipe: Recipe, data: Path
) -> Task:
    """The task, taught by the file of a teacher's answers if the recipe names one.

    Args:
        task: What the labels say.
        photos: In the order of the task.
        recipe: Its teacher and its classes.
        data: The data folder.

    Raises:
        DatasetError: If the file is malformed, has other classes or knows none of the photos.
    """
    teacher = recipe.teacher
    if not teacher or not teacher.probabilities:
        return task
    said, knows = read_teacher(data / teacher.probabilities, photos, recipe.classes)
    return with_teacher(task, photos, said, knows, teacher)


def with_teacher(
    task: Task,
    photos: Sequence[TaggedPhoto],
    said: NDArray[np.float32],
    knows: NDArray[np.bool_],
    teacher: Teacher,
) -> Task:
    """The task, taught by what a teacher says of the photos.

    Args:
        task: What the labels say.
        photos: In the order of the task.
        said: `(photos, classes)` probabilities.
        knows: `(photos,)` whether the teacher says something.
        teacher: How much it counts.

    Returns:
        The same photos with softened targets. Those whose label the teacher does not believe weigh
        nothing and are counted in `left_out` (a hotel's are believed: they were labelled by eye);
        those that only the teacher knows weigh what it says.
    """
    hotels = np.array([bool(photo.hotel) for photo in photos])
    belief = (task.labels * said).sum(axis=1)
    doubtful = task.labelled & knows & ~hotels & (task.weights > 0) & (belief < teacher.least)
    weights = task.weights.copy()
    weights[doubtful] = 0
    weights[~task.labelled & knows] = teacher.unlabelled_weight
    left_out = task.left_out | {"of a label that the teacher doubts": int(doubtful.sum())}
    targets = soft_targets(task.labels, task.labelled, said, knows, teacher)
    return replace(task, targets=targets, weights=weights, left_out=left_out)
