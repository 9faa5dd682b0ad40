"""Train a tagger: the steps in order."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import keras
import numpy as np

from stayrank_common.errors import DatasetError
from stayrank_common.tags import TAGS
from stayrank_models.predictors import with_temperature
from stayrank_models.tagger import build_tagger
from stayrank_training import cards
from stayrank_training.calibration import fit_tagging
from stayrank_training.data.photos import TaggedPhoto, check_classes, read_photos
from stayrank_training.data.splits import fold_numbers
from stayrank_training.evaluation.tagging import evaluate
from stayrank_training.learning import Prepared, learn
from stayrank_training.learning import prepare as prepare_any
from stayrank_training.task import Task, base_weights
from stayrank_training.teaching import read_teacher, taught

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from stayrank_models.artifacts import TaggingCalibration
    from stayrank_training.recipe import TaggerRecipe
    from stayrank_training.runs import Run

_UNKNOWN = -1


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
    learnt = learn(prepared)
    truth = class_indices(prepared.photos)
    known = learnt.judged & (truth != _UNKNOWN)
    calibration = fit_tagging(learnt.unseen[known], truth[known], recipe.kept_share)
    validation = _measure(learnt.unseen[learnt.judged], truth[learnt.judged], calibration)
    test = np.array([photo.split == "test" for photo in prepared.photos])
    metrics = _measure(learnt.raw[test], truth[test], calibration)
    photos = int((prepared.task.weights > 0).sum())
    facts = {
        "task": "tagging",
        "labels": TAGS,
        "calibration": calibration,
        "training": {"photos": photos},
    }
    card = cards.tagger_card(recipe, metrics, photos=photos)
    return prepared.run.finish(prepared.model, facts, card, metrics, validation)


def prepare(recipe: TaggerRecipe, data: Path, out: Path, *, trial: bool = False) -> Prepared:
    """Read the photos, build the model, compute features: see `learning.prepare`."""
    corrections = data / recipe.corrections if recipe.corrections else None
    photos = read_photos(data / recipe.photos, corrections)
    check_classes(photos, TAGS)
    if not any(photo.split == "test" and photo.tag in TAGS for photo in photos):
        raise DatasetError(f"no photo of the split 'test' shows one of: {', '.join(TAGS)}")
    build, make_task = partial(build_tagger, classes=len(TAGS)), partial(_task, recipe, data)
    return prepare_any(recipe, photos, out, build, make_task, trial=trial)


def class_indices(photos: Sequence[TaggedPhoto]) -> NDArray[np.intp]:
    """`(photos,)`: which output of the model stands for a photo's tag; −1: none."""
    return np.array([TAGS.index(p.tag) if p.tag in TAGS else _UNKNOWN for p in photos], np.intp)


def _task(recipe: TaggerRecipe, data: Path, photos: list[TaggedPhoto]) -> Task:
    truth = class_indices(photos)
    labels = targets = _labels(truth)
    weights, left_out = _weights(photos, truth, recipe)
    labelled = np.ones(len(photos), np.bool_)
    if recipe.teacher:
        said, knows = read_teacher(data / recipe.teacher.probabilities, photos, len(TAGS))
        untagged = (truth == _UNKNOWN) & knows & (base_weights(photos, recipe) > 0)
        untagged &= [photo.split in recipe.include_splits for photo in photos]
        if recipe.teacher.unlabelled_weight:
            weights[untagged] = recipe.teacher.unlabelled_weight
            labelled[untagged] = False
        targets = taught(labels, labelled, said, knows, recipe.teacher)
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=recipe.label_smoothing)
    return Task(labels, targets, weights, labelled, _folds(photos, recipe), loss, left_out)


def _labels(truth: NDArray[np.intp]) -> NDArray[np.float32]:
    """`(photos, classes)`: one-hot; uniform where the area is none that is known.

    Reference:
        Hendrycks et al., "Deep Anomaly Detection with Outlier Exposure", ICLR 2019, section 3.
    """
    labels = np.full((len(truth), len(TAGS)), 1 / len(TAGS), np.float32)
    known = truth != _UNKNOWN
    labels[known] = np.eye(len(TAGS), dtype=np.float32)[truth[known]]
    return labels


def _weights(
    photos: list[TaggedPhoto], truth: NDArray[np.intp], recipe: TaggerRecipe
) -> tuple[NDArray[np.float32], dict[str, int]]:
    """`(photos,)`: how much each counts; and why photos do not count at all → how many."""
    base = base_weights(photos, recipe)
    included = np.array([photo.split in recipe.include_splits for photo in photos])
    known = truth != _UNKNOWN
    weights = base * included
    totals = np.array([weights[truth == index].sum() for index in range(len(TAGS))])
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
    raw: NDArray[np.floating], truth: NDArray[np.intp], calibration: TaggingCalibration
) -> dict[str, float]:
    probabilities = with_temperature(raw, calibration.temperature)
    known = truth != _UNKNOWN
    metrics = evaluate(probabilities[known], truth[known], TAGS)
    kept = probabilities.max(axis=1) >= calibration.threshold
    metrics["kept_known"] = float(kept[known].mean())
    if not known.all():
        metrics["rejected_other"] = float((~kept[~known]).mean())
    return metrics
