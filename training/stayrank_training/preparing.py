"""What every training begins with: photos read, a model built, features of it computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import keras

from stayrank_common.errors import DatasetError, WeightsError
from stayrank_models.backbones import BACKBONES
from stayrank_models.exporting import round_kernels
from stayrank_models.loading import load_start
from stayrank_training.data.photos import content_digest
from stayrank_training.runs import RunFolder
from stayrank_training.task import Task, Views, read_views

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from stayrank_training.data.photos import TaggedPhoto
    from stayrank_training.recipe import Recipe


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Everything that the two phases need.

    Args:
        recipe: To train by.
        photos: Those that can be decoded.
        model: With its start weights.
        views: Features of the photos.
        task: What to learn.
        run: Where to write.
    """

    recipe: Recipe
    photos: list[TaggedPhoto]
    model: Any
    views: Views
    task: Task
    run: RunFolder


def prepare(
    recipe: Recipe,
    photos: list[TaggedPhoto],
    out: Path,
    build: Callable[..., Any],
    make_task: Callable[[list[TaggedPhoto]], Task],
    *,
    trial: bool = False,
) -> Prepared:
    """Open the run folder, build the model, and compute features with its start weights.

    Args:
        recipe: To train by.
        photos: To learn from and to judge by.
        out: The run folder; an interrupted run of the same recipe goes on there.
        build: `build_tagger` or `build_nima`.
        make_task: What to learn from the photos that can be decoded.
        trial: Leaves the folder free for a run of another recipe; only features are kept there.

    Raises:
        DatasetError: If the folder holds another run, or the photos are unusable.
        WeightsError: If the starting weights cannot be had.
    """
    run = RunFolder(out, recipe, content_digest(photos))
    if not trial:
        run.refuse_other()
    model = _start(recipe, build)
    views, unreadable = read_views(model, photos, recipe, out / "cache")
    run.drop("cannot be decoded", len(unreadable), unreadable)
    readable = [photo for photo in photos if photo.file not in unreadable]
    task = make_task(readable)
    for why, number in task.left_out.items():
        run.drop(why, number)
    _check_folds(task, recipe)
    if not trial:
        run.claim()  # not before: who has to mend something may begin again in the same folder
    return Prepared(recipe, readable, model, views, task, run)


def _start(recipe: Recipe, build: Callable[..., Any]) -> Any:  # noqa: ANN401
    if recipe.start.backbone not in BACKBONES:
        known = ", ".join(BACKBONES)
        raise DatasetError(f"start.backbone: no {recipe.start.backbone!r}; there are: {known}")
    keras.utils.set_random_seed(recipe.seed)  # the last layer begins at random
    try:
        model = build(
            recipe.start.backbone,
            dropout=recipe.start.dropout,
            height=recipe.preprocessing.height,
            width=recipe.preprocessing.width,
            **recipe.start.options,
        )
    except (TypeError, ValueError) as error:
        options = recipe.start.options
        raise DatasetError(f"start.options: {recipe.start.backbone}, {options}: {error}") from error
    try:
        load_start(model, recipe.start.weights, recipe.seed)
    except WeightsError as error:
        own = BACKBONES[recipe.start.backbone].weights
        if recipe.start.weights == own:
            raise
        raise WeightsError(
            f"{error}; ImageNet's of {recipe.start.backbone} are start.weights = {own!r}"
        ) from error
    round_kernels(model)  # features, calibration and metrics are to be those of what ships
    return model


def _check_folds(task: Task, recipe: Recipe) -> None:
    every = recipe.cross_fit or not recipe.finetune.epochs
    held = range(recipe.folds if every else 1)
    for fold in held:
        if not task.stopping(fold).any() or not task.learnt(fold).any():
            raise DatasetError(
                f"too few hotels or photos for {recipe.folds} folds: fold {fold} would leave none "
                "to judge by or none to learn from; lower `folds`"
            )
