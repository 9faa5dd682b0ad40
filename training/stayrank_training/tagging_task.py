"""What a tagger is to learn: photos and their tags as targets, weights and folds."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import keras
import numpy as np

from stayrank_common.errors import DatasetError
from stayrank_training.data.folds import fold_numbers
from stayrank_training.data.photos import TaggedPhoto, check_classes
from stayrank_training.rejection import NO_OUTPUT
from stayrank_training.task import Task, base_weights, refuse_shared_hotels
from stayrank_training.teaching import with_teacher_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from stayrank_common.taxonomy import Taxonomy
    from stayrank_training.recipe import TaggerRecipe


def class_indices(photos: Sequence[TaggedPhoto], taxonomy: Taxonomy) -> NDArray[np.intp]:
    """`(photos,)`: which output of the model stands for a photo's class; `NO_OUTPUT`: none."""
    outputs = (taxonomy.output(photo.tag) for photo in photos)
    return np.array([NO_OUTPUT if o is None else o for o in outputs], np.intp)


def check_photos(photos: list[TaggedPhoto], recipe: TaggerRecipe) -> None:
    """Check that every area can be learnt from and some can be judged by, on other hotels.

    Raises:
        DatasetError: If an area has too few photos, the split `test` shows none, or a hotel of it
            is learnt from.
    """
    taxonomy, names = recipe.taxonomy, recipe.classes
    truth = class_indices(photos, taxonomy)
    pairs = [(p, o) for p, o in zip(photos, truth, strict=True) if o != NO_OUTPUT]
    check_classes([replace(photo, tag=names[output]) for photo, output in pairs], names)
    if not any(p.split == "test" and output < len(taxonomy.labels) for p, output in pairs):
        labels = ", ".join(taxonomy.labels)
        raise DatasetError(f"no photo of the split 'test' shows one of: {labels}")
    included = (photo for photo in photos if photo.split in recipe.include_splits)
    refuse_shared_hotels(included, (photo for photo in photos if photo.split == "test"))


def task_of(
    recipe: TaggerRecipe, data: Path, photos: list[TaggedPhoto], *, discarded: int = 0
) -> Task:
    """What to learn from which photos, besides those that the corrections discarded."""
    truth, classes = class_indices(photos, recipe.taxonomy), len(recipe.classes)
    labels = _labels(truth, classes)
    weights, left_out = _weights(photos, truth, classes, recipe)
    left_out["dropped by the corrections"] = discarded
    labelled = np.ones(len(photos), np.bool_)
    if recipe.teacher and recipe.teacher.unlabelled_weight:
        untagged = (truth == NO_OUTPUT) & (base_weights(photos, recipe) > 0)
        untagged &= [photo.split in recipe.include_splits for photo in photos]
        labelled[untagged], weights[untagged] = False, 0  # unless the teacher knows them
    folds, judges = _folds(photos, recipe)
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=recipe.label_smoothing)
    metrics = (partial(keras.metrics.CategoricalAccuracy, name="top1"),)
    task = Task(labels, labels, weights, labelled, folds, judges, loss, metrics, left_out)
    return with_teacher_file(task, photos, recipe, data)


def _labels(truth: NDArray[np.intp], classes: int) -> NDArray[np.float32]:
    """`(photos, classes)`: one-hot; uniform where the area is none that is known.

    Reference:
        Hendrycks et al., "Deep Anomaly Detection with Outlier Exposure", ICLR 2019, section 3.
    """
    labels = np.full((len(truth), classes), 1 / classes, np.float32)
    known = truth != NO_OUTPUT
    labels[known] = np.eye(classes, dtype=np.float32)[truth[known]]
    return labels


def _weights(
    photos: list[TaggedPhoto], truth: NDArray[np.intp], classes: int, recipe: TaggerRecipe
) -> tuple[NDArray[np.float32], dict[str, int]]:
    """`(photos,)`: how much each counts; and why photos do not count at all → how many."""
    base = base_weights(photos, recipe)
    included = np.array([photo.split in recipe.include_splits for photo in photos])
    known = truth != NO_OUTPUT
    weights = base * included
    totals = np.array([weights[truth == index].sum() for index in range(classes)])
    share = np.maximum(totals, 1) / totals.mean()
    weights[known] *= share[truth[known]] ** -recipe.balance
    weights[~known] *= recipe.unknown_weight
    left_out = {
        "in a split that is not learnt from": int((~included).sum()),
        "of a source that weighs 0": int((included & (base == 0)).sum()),
        "of no class that is learnt": int((included & (base > 0) & (weights == 0)).sum()),
    }
    return weights.astype(np.float32), left_out


def _folds(
    photos: list[TaggedPhoto], recipe: TaggerRecipe
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """`(photos,)`: the fold of each training photo, −1 for all others; and whether it judges.

    Scene sets' own validation photos look like their training photos and carry as many wrong
    labels; only hotels that were not trained on tell how well hotels are tagged. Where no hotel
    is known, every photo judges. One that does not is held out only to hear what is said of it.
    """
    folds = fold_numbers(photos, recipe.folds, recipe.seed)
    training = np.array([photo.split in recipe.include_splits for photo in photos])
    hotels = np.array([bool(photo.hotel) for photo in photos]) & training
    judges = hotels if hotels.any() else training
    folds[~(training if recipe.cross_fit else judges)] = -1
    return folds, judges
