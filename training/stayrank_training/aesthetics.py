"""Train a NIMA model: the steps in order."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import keras
import numpy as np

from stayrank_common.errors import DatasetError
from stayrank_common.ratings import mean_score
from stayrank_models.losses import EarthMoversDistance
from stayrank_models.manifests import RATING_LABELS
from stayrank_models.metrics import AccuracyAtFive, MeanScoreError
from stayrank_models.nima import RATING_COUNT, build_nima
from stayrank_training import cards
from stayrank_training.calibration import fit_aesthetics, rating_tilt
from stayrank_training.data.folds import fold_numbers
from stayrank_training.data.photos import TaggedPhoto, read_photos
from stayrank_training.data.votes import read_votes
from stayrank_training.evaluation.aesthetics import evaluate
from stayrank_training.learning import learn, read_pixels, unseen_by_folds
from stayrank_training.preparing import Setup, prepare
from stayrank_training.priors import shift_head, shifted
from stayrank_training.task import Task, base_weights, refuse_shared_hotels
from stayrank_training.teaching import teacher_file, with_teacher_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from stayrank_common.ratings import Array
    from stayrank_training.preparing import Prepared
    from stayrank_training.recipe import AestheticRecipe
    from stayrank_training.runs import Run

    Ratings = Mapping[Path, Array]


def train(recipe: AestheticRecipe, data: Path, out: Path) -> Run:
    """Train a NIMA model and write its run folder; all as of `tagging.train`."""
    prepared = prepare(setup(recipe, data), out)
    task, learnt = prepared.task, learn(prepared)
    shifts = np.zeros(RATING_COUNT, np.float32)
    if recipe.centred:
        of_hotels = learnt.judged & _hotels(prepared)
        shifts = rating_tilt(learnt.unseen[of_hotels], task.labels[of_hotels])
    shift_head(prepared.model, shifts)
    unseen, raw = shifted(learnt.unseen, shifts), shifted(learnt.raw, shifts)
    validation = evaluate(unseen[learnt.judged], task.labels[learnt.judged])
    test = task.labelled & ~task.judges
    metrics = evaluate(raw[test], task.labels[test])
    photos = int((task.weights > 0).sum())
    facts = {
        "task": "aesthetics",
        "labels": RATING_LABELS,
        "calibration": fit_aesthetics(mean_score(unseen[task.folds >= 0])),
        "training": {"photos": photos, "ratings": cards.RATINGS_ORIGIN},
    }
    card = cards.aesthetics_card(recipe, metrics, photos=photos)
    return prepared.run.finish(prepared.model, facts, card, metrics, validation)


def cross_validate(recipe: AestheticRecipe, data: Path, out: Path) -> dict[str, float]:
    """Judge a recipe by all rated photos of hotels, each by a model that has not seen the hotel.

    No model is kept; all as of `tagging.cross_validate`, without the confusion matrix.
    """
    prepared = prepare(setup(recipe, data, every_split=True), out)
    task = prepared.task
    said = unseen_by_folds(prepared, read_pixels(prepared))
    prepared.run.write_out_of_fold(prepared.photos, said, task.folds >= 0)
    judged = (task.folds >= 0) & _hotels(prepared)
    metrics = evaluate(said[judged], task.labels[judged])
    prepared.run.write_metrics(cross_validation=metrics)
    return metrics


def setup(
    recipe: AestheticRecipe, data: Path, *, every_split: bool = False
) -> Setup[AestheticRecipe]:
    """Read the photos and their ratings.

    Args:
        recipe: To train by.
        data: The data folder.
        every_split: Learn from the test labels as well, in folds.

    Raises:
        DatasetError: If the photos or the label files are unusable.
    """
    known = {photo.path: photo for photo in read_photos(data / recipe.photos)}
    trains, tests = read_ratings(recipe, data, known)
    unrated = _unrated(recipe, known.values(), trains, tests)
    learnt, tested = [known[path] for path in trains], [known[path] for path in tests]
    refuse_shared_hotels([*learnt, *unrated], tested)
    if every_split:
        trains, tests = {**trains, **tests}, {}
    photos = [*learnt, *tested, *unrated]
    make_task = partial(task_of, recipe, data, trains, tests)
    files = (*label_files(recipe, data), *teacher_file(recipe, data))
    return Setup(recipe, photos, build_nima, make_task, files)


def label_files(recipe: AestheticRecipe, data: Path) -> tuple[Path, Path]:
    """The files of the ratings to train on, and of those to report on."""
    return data / recipe.train_labels, data / recipe.test_labels


def read_ratings(
    recipe: AestheticRecipe, data: Path, known: Mapping[Path, TaggedPhoto]
) -> tuple[Ratings, Ratings]:
    """The ratings to train on, and those to report on: path of a photo → distribution.

    Raises:
        DatasetError: If the label files are unusable, or name other photos than the `known` ones.
    """
    folder = data / recipe.photos
    trains, tests = (read_votes(labels, folder) for labels in label_files(recipe, data))
    for path in (*trains, *tests):
        if path not in known:
            raise DatasetError(f"{path} is rated, and not among the photos of {folder}")
    return trains, tests


def _hotels(prepared: Prepared[AestheticRecipe]) -> NDArray[np.bool_]:
    """`(photos,)`: whether a photo is a hotel's; all are where no hotel is known."""
    hotels = np.array([bool(photo.hotel) for photo in prepared.photos])
    return hotels if hotels.any() else ~hotels


def _unrated(
    recipe: AestheticRecipe, photos: Iterable[TaggedPhoto], trains: Ratings, tests: Ratings
) -> list[TaggedPhoto]:
    """Training photos that only a teacher could rate."""
    if not recipe.teacher or not recipe.teacher.unlabelled_weight:
        return []
    return [
        photo
        for photo in photos
        if photo.split == "train"
        and recipe.source_weights.get(photo.source, 1)
        and photo.path not in trains
        and photo.path not in tests
    ]


def task_of(
    recipe: AestheticRecipe,
    data: Path,
    trains: Ratings,
    tests: Ratings,
    photos: list[TaggedPhoto],
) -> Task:
    """What to learn from which photos."""
    rated = {**trains, **tests}
    uniform = np.full(RATING_COUNT, 1 / RATING_COUNT)
    labels = np.stack([rated.get(photo.path, uniform) for photo in photos]).astype(np.float32)
    training = np.array([photo.path in trains for photo in photos])
    labelled = np.array([photo.path in rated for photo in photos])
    base = base_weights(photos, recipe)
    weights = (base * training).astype(np.float32)
    folds = fold_numbers(photos, recipe.folds, recipe.seed)
    folds[~training] = -1
    left_out = {
        "of a source that weighs 0": int((training & (base == 0)).sum()),
        "rated, but for test": int((labelled & ~training).sum()),
    }
    loss = (
        EarthMoversDistance(r=recipe.r)
        if recipe.loss == "emd"
        else keras.losses.CategoricalCrossentropy()
    )
    metrics = (MeanScoreError, AccuracyAtFive)
    task = Task(labels, labels, weights, labelled, folds, training, loss, metrics, left_out)
    return with_teacher_file(task, photos, recipe, data)
