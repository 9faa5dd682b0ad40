"""Train one model for both tasks, taught by a tagger and a NIMA model: the steps in order.

photos ─> what both teachers say ─> phase one ─> phase two ─> calibrated like its teachers
                                    (the heads)  (all layers, the teachers looking on)
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from stayrank_models.answers import with_temperature
from stayrank_models.duo import DuoLoss, build_duo
from stayrank_models.engines import open_engine
from stayrank_models.exporting import round_kernels
from stayrank_models.manifests import TaggingCalibration
from stayrank_models.rejection import known_score
from stayrank_training import aesthetics, cards, tagging, tagging_task
from stayrank_training.calibration import matched_temperature, rating_tilt
from stayrank_training.data.photos import read_photos
from stayrank_training.data.votes import read_votes
from stayrank_training.evaluation.aesthetics import evaluate
from stayrank_training.learning import head_phase, layers_phase, predict, read_pixels
from stayrank_training.preparing import Setup, prepare
from stayrank_training.priors import shift_head, shifted
from stayrank_training.rejection import NO_OUTPUT
from stayrank_training.task import Task, base_weights, refuse_shared_hotels
from stayrank_training.two_teachers import TwoTeachers, completed, find_teachers, halves

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from stayrank_common.ratings import Array
    from stayrank_common.taxonomy import Taxonomy
    from stayrank_training.data.photos import TaggedPhoto
    from stayrank_training.preparing import Prepared
    from stayrank_training.recipe import DuoRecipe
    from stayrank_training.runs import Run


def train(recipe: DuoRecipe, data: Path, out: Path) -> Run:
    """Train a model for both tasks and write its run folder.

    Args:
        recipe: `DuoRecipe.load(path, overrides)`.
        data: The data folder.
        out: The run folder to write, see `stayrank_training.runs`; an interrupted run of the same
            recipe goes on there.

    Returns:
        The run: `run.folder`, `run.artifact` (folder) and `run.metrics` (measured on test).

    Raises:
        ArtifactError: If a teacher is not there, or is a model for something else.
        DatasetError: If the data is unusable, or the folder holds another run.
        WeightsError: If the starting weights cannot be obtained.
    """
    tagger, nima = find_teachers(recipe)
    prepared = prepare(setup(recipe, data), out)
    teachers = TwoTeachers(open_engine(tagger), open_engine(nima))
    pixels = read_pixels(prepared)
    said = teachers.ask(pixels)
    teach(prepared, teachers, pixels, said)
    learnt = prepared.task.learnt(None)
    areas, ratings = halves(predict(prepared.model, pixels))
    tilt = rating_tilt(ratings[learnt], halves(said)[1][learnt])
    shift_head(prepared.model, np.concatenate([np.zeros(areas.shape[1], np.float32), tilt]))
    ratings = shifted(ratings, tilt)
    calibration = tagger.manifest.calibration
    assert isinstance(calibration, TaggingCalibration)  # noqa: S101 - it is a tagger's
    calibration = calibrated_like(
        calibration, halves(said)[0][learnt], areas[learnt], recipe.taxonomy
    )
    tests = read_votes(data / recipe.test_labels, data / recipe.photos)
    metrics = _measure(prepared, tests, areas, ratings, calibration)
    photos = int(learnt.sum())
    facts = {
        "task": "duo",
        "labels": recipe.taxonomy.labels,
        "unrelated": recipe.taxonomy.unrelated,
        "calibration": calibration,
        "rating_calibration": nima.manifest.calibration,
        "duplicate_threshold": recipe.duplicate_threshold,
        "training": {
            "photos": photos,
            "ratings": cards.RATINGS_ORIGIN,
            "teachers": [teacher.info.model_dump() for teacher in (tagger, nima)],
        },
    }
    card = cards.duo_card(recipe, metrics, photos=photos)
    return prepared.run.finish(prepared.model, facts, card, metrics, {})


def setup(recipe: DuoRecipe, data: Path) -> Setup[DuoRecipe]:
    """Read the photos, their tags and their ratings.

    Args:
        recipe: To train by.
        data: The data folder.

    Raises:
        DatasetError: If the photos or the label files are unusable.
    """
    folder = data / recipe.photos
    photos = read_photos(folder)
    trains, tests = aesthetics.read_ratings(recipe, data, {photo.path: photo for photo in photos})
    if recipe.corrections:
        # A photo whose tag was dropped may be rated, and teachers may look at it.
        tags = {p.file: p.tag for p in read_photos(folder, data / recipe.corrections)}
        photos = [replace(photo, tag=tags.get(photo.file, "")) for photo in photos]
    tagging_task.check_photos(photos, recipe)
    included = (p for p in photos if p.split in recipe.include_splits or p.path in trains)
    refuse_shared_hotels(included, (p for p in photos if p.path in tests))
    build = partial(build_duo, classes=len(recipe.classes), branch=recipe.branch)
    make_task = partial(task_of, recipe, data, trains, tests)
    return Setup(recipe, photos, build, make_task, aesthetics.label_files(recipe, data))


def task_of(
    recipe: DuoRecipe,
    data: Path,
    trains: Mapping[Path, Array],
    tests: Mapping[Path, Array],
    photos: list[TaggedPhoto],
) -> Task:
    """What to learn from which photos: half of the draws are the tagger's, half are NIMA's."""
    tags = tagging_task.task_of(recipe, data, photos)
    ratings = aesthetics.task_of(recipe, data, trains, tests, photos)
    known = tagging_task.class_indices(photos, recipe.taxonomy) != NO_OUTPUT
    included = np.array([photo.split in recipe.include_splits for photo in photos])
    included &= [photo.path not in tests for photo in photos]
    unrated = included & ~ratings.labelled
    seen = ratings.weights + recipe.teachers.unlabelled_weight * unrated * base_weights(
        photos, recipe
    )
    drawn = included * (tags.weights / tags.weights.sum() + seen / seen.sum())
    share = np.float32(1 - recipe.teachers.weight)
    labels = np.concatenate([tags.labels, ratings.labels], axis=1)
    said = [
        share * part.labels * (mask & included)[:, None]
        for part, mask in ((tags, known), (ratings, ratings.labelled))
    ]
    return Task(
        labels=labels,
        targets=np.concatenate(said, axis=1),
        weights=(drawn / drawn.mean()).astype(np.float32),
        labelled=known,
        folds=tags.folds,
        judges=tags.judges,
        loss=DuoLoss(recipe.rating_weight, recipe.r),
        left_out=tags.left_out,
    )


def teach(
    prepared: Prepared[DuoRecipe],
    teachers: TwoTeachers,
    pixels: NDArray[np.uint8],
    said: NDArray[np.float32],
) -> None:
    """Both phases; phases that the run folder holds finished are not repeated.

    Args:
        prepared: What to learn from what; its model is trained in place.
        teachers: Whom to learn from.
        pixels: `(photos, height, width, 3)` uint8.
        said: `(photos, classes + 10)`: what the teachers say of the photos as they are.
    """
    run, least = prepared.run, prepared.recipe.teachers.least
    task = trusting(prepared.task, prepared.photos, said, least)
    run.write_record()
    filled = replace(task, targets=completed(task.targets, said))
    head_phase(replace(prepared, task=filled), None, run.checkpoint("head-all"))
    layers_phase(
        replace(prepared, task=task),
        pixels,
        None,
        run.checkpoint("layers-all"),
        teach=teachers.complete,
    )
    round_kernels(prepared.model)
    run.write_record()
    run.write_curves()


def trusting(
    task: Task, photos: list[TaggedPhoto], said: NDArray[np.float32], least: float
) -> Task:
    """The task without the tags that the teacher does not believe; hotels' were given by eye."""
    belief = halves(task.labels * said)[0].sum(axis=1)
    doubtful = (belief < least) & np.array([not photo.hotel for photo in photos])
    targets = task.targets.copy()
    halves(targets)[0][doubtful] = 0
    return replace(task, targets=targets)


def calibrated_like(
    calibration: TaggingCalibration,
    said: NDArray[np.float32],
    raw: NDArray[np.float32],
    taxonomy: Taxonomy,
) -> TaggingCalibration:
    """Carry a tagger's calibration over to a model that learnt to answer like it.

    The teacher's was fitted on photos that its folds' models had not seen; this model has none.

    Args:
        calibration: Of the teacher.
        said: `(photos, classes)`, its raw probabilities.
        raw: Those of the other model: it becomes as sure as the teacher, and rejects as many.
        taxonomy: The areas.
    """
    labels = len(taxonomy.labels)
    temperature = round(matched_temperature(calibration.temperature, said, raw), 4)
    theirs = known_score(with_temperature(said, calibration.temperature), labels)
    mine = known_score(with_temperature(raw, temperature), labels)
    rejected = float((theirs < calibration.threshold).mean())
    threshold = round(float(np.quantile(mine, rejected)), 4)
    return calibration.model_copy(update={"temperature": temperature, "threshold": threshold})


def _measure(
    prepared: Prepared[DuoRecipe],
    tests: Mapping[Path, Array],
    areas: NDArray[np.float32],
    ratings: NDArray[np.float32],
    calibration: TaggingCalibration,
) -> dict[str, float]:
    """The metrics of both tasks on the test split; `rated_photos` of them were rated."""
    recipe, photos = prepared.recipe, prepared.photos
    test = np.array([photo.split == "test" for photo in photos])
    truth = tagging_task.class_indices(photos, recipe.taxonomy)
    folders = np.array([photo.tag for photo in photos])
    rated = np.array([photo.path in tests for photo in photos])
    tagged = tagging.measure(areas[test], truth[test], folders[test], recipe.taxonomy, calibration)
    judged = evaluate(ratings[rated], halves(prepared.task.labels)[1][rated])
    return tagged | judged | {"photos": tagged["photos"], "rated_photos": judged["photos"]}
