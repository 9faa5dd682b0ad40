"""Train a tagger: the steps in order."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import keras
import numpy as np

from stayrank_common.errors import DatasetError
from stayrank_models.predictors import with_temperature
from stayrank_models.tagger import build_tagger
from stayrank_training import cards
from stayrank_training.data.photos import TaggedPhoto, check_classes, read_photos
from stayrank_training.data.splits import fold_numbers
from stayrank_training.evaluation.tagging import evaluate
from stayrank_training.learning import Prepared, learn
from stayrank_training.learning import prepare as prepare_any
from stayrank_training.rejection import NO_OUTPUT, calibrate, rejection_rates
from stayrank_training.task import Task, base_weights
from stayrank_training.teaching import read_teacher, taught

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from stayrank_common.taxonomy import Taxonomy
    from stayrank_models.artifacts import TaggingCalibration
    from stayrank_training.recipe import TaggerRecipe
    from stayrank_training.runs import Run


def train(recipe: TaggerRecipe, data: Path, out: Path) -> Run:
    """Train a tagger and write its run folder.

    Args:
        recipe: `TaggerRecipe.load(path, overrides)`.
        data: The data folder; `recipe.photos` is a folder in it.
        out: The run folder to write, see `stayrank_training.runs`; an interrupted run of the same
            recipe goes on there.

    Returns:
        The run: `run.folder`, `run.artifact` (folder) and `run.metrics` (measured on test).

    Raises:
        DatasetError: If the data is unusable, or the folder holds another run.
        WeightsError: If the starting weights cannot be had.
    """
    prepared = prepare(recipe, data, out)
    learnt, taxonomy = learn(prepared), recipe.taxonomy
    truth = class_indices(prepared.photos, taxonomy)
    calibration = calibrate(
        learnt.unseen[learnt.judged],
        truth[learnt.judged],
        taxonomy,
        kept_share=recipe.kept_share,
        false_accept=recipe.false_accept,
    )
    test = np.array([photo.split == "test" for photo in prepared.photos])
    folders = np.array([photo.tag for photo in prepared.photos])
    validation, metrics = (
        _measure(raw[mask], truth[mask], folders[mask], taxonomy, calibration)
        for raw, mask in ((learnt.unseen, learnt.judged), (learnt.raw, test))
    )
    photos = int((prepared.task.weights > 0).sum())
    facts = {
        "task": "tagging",
        "labels": taxonomy.labels,
        "unrelated": taxonomy.unrelated,
        "calibration": calibration,
        "training": {"photos": photos},
    }
    card = cards.tagger_card(recipe, metrics, photos=photos)
    return prepared.run.finish(prepared.model, facts, card, metrics, validation)


def prepare(recipe: TaggerRecipe, data: Path, out: Path, *, trial: bool = False) -> Prepared:
    """Read the photos, build the model, compute features: see `learning.prepare`."""
    corrections = data / recipe.corrections if recipe.corrections else None
    photos = read_photos(data / recipe.photos, corrections)
    taxonomy = recipe.taxonomy
    _check_classes(photos, taxonomy)
    classes = len(taxonomy.labels + taxonomy.unrelated)
    build, make_task = partial(build_tagger, classes=classes), partial(_task, recipe, data)
    return prepare_any(recipe, photos, out, build, make_task, trial=trial)


def class_indices(photos: Sequence[TaggedPhoto], taxonomy: Taxonomy) -> NDArray[np.intp]:
    """`(photos,)`: which output of the model stands for a photo's class; `NO_OUTPUT`: none."""
    outputs = (taxonomy.output(photo.tag) for photo in photos)
    return np.array([NO_OUTPUT if o is None else o for o in outputs], np.intp)


def _check_classes(photos: list[TaggedPhoto], taxonomy: Taxonomy) -> None:
    names, truth = taxonomy.labels + taxonomy.unrelated, class_indices(photos, taxonomy)
    pairs = [(p, o) for p, o in zip(photos, truth, strict=True) if o != NO_OUTPUT]
    check_classes([replace(photo, tag=names[output]) for photo, output in pairs], names)
    if not any(p.split == "test" and output < len(taxonomy.labels) for p, output in pairs):
        labels = ", ".join(taxonomy.labels)
        raise DatasetError(f"no photo of the split 'test' shows one of: {labels}")


def _task(recipe: TaggerRecipe, data: Path, photos: list[TaggedPhoto]) -> Task:
    taxonomy = recipe.taxonomy
    classes = len(taxonomy.labels + taxonomy.unrelated)
    truth = class_indices(photos, taxonomy)
    labels = targets = _labels(truth, classes)
    weights, left_out = _weights(photos, truth, classes, recipe)
    labelled = np.ones(len(photos), np.bool_)
    if recipe.teacher:
        said, knows = read_teacher(data / recipe.teacher.probabilities, photos, classes)
        untagged = (truth == NO_OUTPUT) & knows & (base_weights(photos, recipe) > 0)
        untagged &= [photo.split in recipe.include_splits for photo in photos]
        if recipe.teacher.unlabelled_weight:
            weights[untagged] = recipe.teacher.unlabelled_weight
            labelled[untagged] = False
        targets = taught(labels, labelled, said, knows, recipe.teacher)
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=recipe.label_smoothing)
    return Task(labels, targets, weights, labelled, _folds(photos, recipe), loss, left_out)


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


def _folds(photos: list[TaggedPhoto], recipe: TaggerRecipe) -> NDArray[np.intp]:
    """`(photos,)`: the fold of each training photo of a hotel, −1 for all others.

    Scene sets' own validation photos look like their training photos and carry as many wrong
    labels; only hotels that were not trained on tell how well hotels are tagged. Where no hotel
    is known, every training photo is dealt into a fold.
    """
    folds = fold_numbers(photos, recipe.folds, recipe.seed)
    training = np.array([photo.split in recipe.include_splits for photo in photos])
    hotels = np.array([bool(photo.hotel) for photo in photos]) & training
    folds[~hotels if hotels.any() else ~training] = -1
    return folds


def _measure(
    raw: NDArray[np.floating],
    truth: NDArray[np.intp],
    folders: NDArray[np.str_],
    taxonomy: Taxonomy,
    calibration: TaggingCalibration,
) -> dict[str, float]:
    labels = taxonomy.labels
    probabilities = with_temperature(raw, calibration.temperature)
    known = (truth >= 0) & (truth < len(labels))
    metrics = evaluate(probabilities[known, : len(labels)], truth[known], labels)
    return metrics | rejection_rates(probabilities, truth, folders.tolist(), taxonomy, calibration)
