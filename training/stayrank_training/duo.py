"""Give a tagger a second end that rates like a NIMA model: one model for both, the steps in order.

the tagger ─> a NIMA head on it ─> its last layers ─> joined with the tagger,
              (phase one)          (phase two, the    whose answers stay as they are
                                    NIMA model
                                    looking on)
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from stayrank_common.errors import DatasetError
from stayrank_models.artifacts import find
from stayrank_models.duo import build_duo, join
from stayrank_models.engines import open_engine
from stayrank_models.exporting import round_kernels
from stayrank_models.loading import load_model
from stayrank_models.nima import build_nima
from stayrank_training import aesthetics, cards
from stayrank_training.calibration import rating_tilt
from stayrank_training.data.photos import read_photos
from stayrank_training.evaluation.aesthetics import evaluate
from stayrank_training.learning import head_phase, layers_phase, predict, read_pixels
from stayrank_training.looking_on import Onlooker, completed
from stayrank_training.preparing import Setup, prepare
from stayrank_training.priors import shift_head, shifted
from stayrank_training.task import base_weights, refuse_shared_hotels

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from numpy.typing import NDArray

    from stayrank_common.ratings import Array
    from stayrank_models.artifacts import Artifact
    from stayrank_training.data.photos import TaggedPhoto
    from stayrank_training.preparing import Prepared
    from stayrank_training.recipe import DuoRecipe
    from stayrank_training.runs import Run
    from stayrank_training.task import Task


def train(recipe: DuoRecipe, data: Path, out: Path) -> Run:
    """Train a model for both tasks and write its run folder.

    Args:
        recipe: `DuoRecipe.load(path, overrides)`.
        data: The data folder.
        out: The run folder to write, see `stayrank_training.runs`; an interrupted run of the same
            recipe goes on there.

    Returns:
        The run: `run.folder`, `run.artifact` (folder) and `run.metrics` (the ratings' measured on
        test, the areas' taken over from the tagger).

    Raises:
        ArtifactError: If the tagger or its teacher is not there, or is a model for something else.
        DatasetError: If the data is unusable, or the folder holds another run.
    """
    tagger, nima = find_models(recipe)
    prepared = prepare(setup(recipe, data), out)
    pixels = read_pixels(prepared)
    teacher = Onlooker(open_engine(nima, precision="f32"))
    said = teacher.ask(pixels)
    teach(prepared, teacher, pixels, said)
    learnt, raw = prepared.task.learnt(None), predict(prepared.model, pixels)
    tilt = rating_tilt(raw[learnt], said[learnt])
    shift_head(prepared.model, tilt)
    test = prepared.task.labelled & ~prepared.task.judges
    rated = evaluate(shifted(raw, tilt)[test], prepared.task.labels[test])
    metrics = {**rated, **tagger.manifest.metrics, "rated_photos": rated["photos"]}
    photos = int(learnt.sum())
    facts = {
        "task": "duo",
        "labels": tagger.manifest.labels,
        "unrelated": tagger.manifest.unrelated,
        "calibration": tagger.manifest.calibration,
        "rating_calibration": nima.manifest.calibration,
        "training": {
            "photos": photos,
            "ratings": cards.RATINGS_ORIGIN,
            "teachers": [model.info.model_dump() for model in (tagger, nima)],
        },
    }
    card = cards.duo_card(recipe, tagger.manifest.labels, metrics, photos=photos)
    return prepared.run.finish(joined(prepared, tagger), facts, card, metrics, {})


def find_models(recipe: DuoRecipe) -> tuple[Artifact, Artifact]:
    """The tagger that a recipe begins from, and the NIMA model that teaches.

    Raises:
        ArtifactError: If one is not there, or is a model for something else.
        DatasetError: If they see photos otherwise than the recipe says.
    """
    tagger = find(recipe.start.weights).part("tagging")
    nima = find(recipe.nima).part("aesthetics")
    for model in (tagger, nima):
        if model.manifest.preprocessing != recipe.preprocessing:
            raise DatasetError(f"preprocessing: {model.manifest.name} has another one")
    return tagger, nima


def setup(recipe: DuoRecipe, data: Path) -> Setup[DuoRecipe]:
    """Read the photos and their ratings.

    Args:
        recipe: To train by.
        data: The data folder.

    Raises:
        DatasetError: If the photos or the label files are unusable.
    """
    photos = read_photos(data / recipe.photos)
    trains, tests = aesthetics.read_ratings(recipe, data, {photo.path: photo for photo in photos})
    photos = [p for p in photos if p.split != "test" or p.path in trains or p.path in tests]
    tested = [photo for photo in photos if photo.path in tests]
    refuse_shared_hotels((photo for photo in photos if photo.path not in tests), tested)
    make_task = partial(task_of, recipe, data, trains, tests)
    return Setup(recipe, photos, build_nima, make_task, aesthetics.label_files(recipe, data))


def task_of(
    recipe: DuoRecipe,
    data: Path,
    trains: Mapping[Path, Array],
    tests: Mapping[Path, Array],
    photos: list[TaggedPhoto],
) -> Task:
    """What to learn from which photos: labels leave the teacher its share, and all of the rest."""
    task = aesthetics.task_of(recipe, data, trains, tests, photos)
    unrated = np.array([photo.path not in trains and photo.path not in tests for photo in photos])
    weights = task.weights + recipe.unlabelled_weight * unrated * base_weights(photos, recipe)
    targets = recipe.label_share * task.labels * (task.weights > 0)[:, None]
    return replace(task, targets=targets.astype(np.float32), weights=weights.astype(np.float32))


def teach(
    prepared: Prepared[DuoRecipe],
    teacher: Onlooker,
    pixels: NDArray[np.uint8],
    said: NDArray[np.float32],
) -> None:
    """Both phases; phases that the run folder holds finished are not repeated.

    Args:
        prepared: What to learn from what; its model is trained in place.
        teacher: Whom to learn from.
        pixels: `(photos, height, width, 3)` uint8.
        said: `(photos, 10)`: what the teacher says of the photos as they are.
    """
    run, task = prepared.run, prepared.task
    run.write_record()
    filled = replace(task, targets=completed(task.targets, said))
    head_phase(replace(prepared, task=filled), None, run.checkpoint("head-all"))
    layers_phase(prepared, pixels, None, run.checkpoint("layers-all"), teach=teacher.complete)
    round_kernels(prepared.model)
    run.write_record()
    run.write_curves()


def joined(prepared: Prepared[DuoRecipe], tagger: Artifact) -> Any:  # noqa: ANN401
    """The tagger with a second end: what the trained model has behind the layers that it shares."""
    recipe = prepared.recipe
    model = build_duo(
        recipe.start.backbone,
        classes=len(tagger.manifest.outputs),
        dropout=recipe.start.dropout,
        height=recipe.preprocessing.height,
        width=recipe.preprocessing.width,
        branch=recipe.branch,
        **recipe.start.options,
    )
    join(model, load_model(tagger), prepared.model)
    return model
