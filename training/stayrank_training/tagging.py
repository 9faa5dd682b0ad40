"""Train a tagger: the steps in order."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import confusion_matrix

from stayrank_models.answers import with_temperature
from stayrank_models.tagger import build_tagger
from stayrank_training import cards
from stayrank_training.calibration import matched_temperature
from stayrank_training.data.corrections import apply_corrections
from stayrank_training.data.photos import read_photos
from stayrank_training.evaluation.tagging import evaluate
from stayrank_training.learning import learn, read_pixels, unseen_by_folds
from stayrank_training.preparing import Setup, prepare
from stayrank_training.priors import logit_shifts, shift_head, shifted
from stayrank_training.rejection import calibrate, rejection_rates
from stayrank_training.tagging_task import check_photos, class_indices, task_of
from stayrank_training.teaching import teacher_file

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from stayrank_common.taxonomy import Taxonomy
    from stayrank_models.manifests import TaggingCalibration
    from stayrank_training.preparing import Prepared
    from stayrank_training.recipe import TaggerRecipe
    from stayrank_training.runs import Run
    from stayrank_training.task import Task

_MIN_UNLEARNT = 50  # photos that a stable average needs


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
        WeightsError: If the starting weights cannot be obtained.
    """
    prepared = prepare(setup(recipe, data), out)
    learnt, taxonomy = learn(prepared), recipe.taxonomy
    truth = class_indices(prepared.photos, taxonomy)
    shifts = _shifts(prepared)
    shift_head(prepared.model, shifts)
    unseen, raw = shifted(learnt.unseen, shifts), shifted(learnt.raw, shifts)
    calibration = calibrate(
        unseen[learnt.judged],
        truth[learnt.judged],
        taxonomy,
        kept_share=recipe.kept_share,
        false_accept=recipe.false_accept,
    )
    calibration = _matched(calibration, prepared.task, unseen, raw)
    test = np.array([photo.split == "test" for photo in prepared.photos])
    folders = np.array([photo.tag for photo in prepared.photos])
    validation, metrics = (
        measure(said[mask], truth[mask], folders[mask], taxonomy, calibration)
        for said, mask in ((unseen, learnt.judged), (raw, test))
    )
    photos = int((prepared.task.weights > 0).sum())
    facts = {
        "task": "tagging",
        "labels": taxonomy.labels,
        "unrelated": taxonomy.unrelated,
        "calibration": calibration,
        "duplicate_threshold": recipe.duplicate_threshold,
        "training": {"photos": photos},
    }
    card = cards.tagger_card(recipe, metrics, photos=photos)
    return prepared.run.finish(prepared.model, facts, card, metrics, validation)


def cross_validate(recipe: TaggerRecipe, data: Path, out: Path) -> dict[str, float]:
    """Judge a recipe by the hotels of all splits, each by a model that has not seen it.

    With a tenth of the hotels in a test split, a rare class has five photos there; this way every
    photo of a hotel is judged. No model is kept.

    Args:
        recipe: To judge; its teacher is not used.
        data: The data folder.
        out: The run folder to write `metrics.json` (with a confusion matrix: rows are what photos
            show, columns what they were taken for) and `out_of_fold.npz` to.

    Returns:
        The metrics of `train`.

    Raises:
        DatasetError: If the data is unusable, or the folder holds another run.
        WeightsError: If the starting weights cannot be obtained.
    """
    prepared = prepare(setup(recipe, data, every_split=True), out)
    task, taxonomy = prepared.task, recipe.taxonomy
    said = shifted(unseen_by_folds(prepared, read_pixels(prepared)), _shifts(prepared))
    prepared.run.write_out_of_fold(prepared.photos, said, task.folds >= 0)
    judged = (task.folds >= 0) & task.judges
    truth = class_indices(prepared.photos, taxonomy)[judged]
    folders = np.array([photo.tag for photo in prepared.photos])[judged]
    calibration = calibrate(
        said[judged],
        truth,
        taxonomy,
        kept_share=recipe.kept_share,
        false_accept=recipe.false_accept,
    )
    metrics = measure(said[judged], truth, folders, taxonomy, calibration)
    labels = np.arange(len(taxonomy.labels))
    known = np.isin(truth, labels)
    taken = said[judged][known][:, labels].argmax(axis=1)
    counts = confusion_matrix(truth[known], taken, labels=labels)
    prepared.run.write_metrics(cross_validation=metrics, confusion=counts.tolist())
    return metrics


def setup(recipe: TaggerRecipe, data: Path, *, every_split: bool = False) -> Setup[TaggerRecipe]:
    """Read the photos and their tags.

    Args:
        recipe: To train by.
        data: The data folder.
        every_split: Learn from the test split as well, in folds.

    Raises:
        DatasetError: If the photos are unusable.
    """
    photos, discarded = read_photos(data / recipe.photos), 0
    if recipe.corrections:
        corrected = apply_corrections(photos, data / recipe.corrections)
        photos, discarded = corrected, len(photos) - len(corrected)
    check_photos(photos, recipe)
    if every_split:
        photos = [replace(p, split="train") if p.split == "test" else p for p in photos]
    build = partial(build_tagger, classes=len(recipe.classes))
    make_task = partial(task_of, recipe, data, discarded=discarded)
    return Setup(recipe, photos, build, make_task, teacher_file(recipe, data))


def _shifts(prepared: Prepared[TaggerRecipe]) -> NDArray[np.float32]:
    recipe = prepared.recipe
    return logit_shifts(prepared.task, len(recipe.taxonomy.labels), recipe.logit_adjustment)


def _matched(
    calibration: TaggingCalibration,
    task: Task,
    unseen: NDArray[np.float32],
    raw: NDArray[np.float32],
) -> TaggingCalibration:
    """Carry the calibration of the folds' models over to the one that ships.

    Compared are photos of classes that are not learnt (living rooms, gyms …), held out of each
    fold: no model has learnt from them. Where there are too few, the calibration stays as it is.
    """
    unlearnt = task.labelled & (task.weights == 0) & (task.folds >= 0)
    if unlearnt.sum() < _MIN_UNLEARNT:
        return calibration
    temperature = matched_temperature(calibration.temperature, unseen[unlearnt], raw[unlearnt])
    return calibration.model_copy(update={"temperature": round(temperature, 4)})


def measure(
    raw: NDArray[np.floating],
    truth: NDArray[np.intp],
    folders: NDArray[np.str_],
    taxonomy: Taxonomy,
    calibration: TaggingCalibration,
) -> dict[str, float]:
    """How well photos are tagged, and how well those of no area are told apart.

    Args:
        raw: `(photos, outputs)` raw probabilities.
        truth: `(photos,)` of `class_indices`.
        folders: `(photos,)` class of each in the dataset.
        taxonomy: The areas.
        calibration: Of the model.
    """
    labels = taxonomy.labels
    probabilities = with_temperature(raw, calibration.temperature)
    known = (truth >= 0) & (truth < len(labels))
    areas = probabilities[known, : len(labels)]
    # Of photos that do show an area, as `stayrank evaluate` judges: which of them is it?
    metrics = evaluate(areas / areas.sum(axis=1, keepdims=True), truth[known], labels)
    return metrics | rejection_rates(probabilities, truth, folders.tolist(), taxonomy, calibration)
