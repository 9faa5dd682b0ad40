"""What every training begins with: photos read, a model built, features of it computed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import keras

from stayrank_common.errors import DatasetError, WeightsError
from stayrank_models.backbones import BACKBONES
from stayrank_models.exporting import round_kernels
from stayrank_models.loading import load_start
from stayrank_training.data.photos import content_digest
from stayrank_training.runs import RunFolder
from stayrank_training.task import Task, Views, read_views

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from stayrank_training.data.photos import TaggedPhoto
    from stayrank_training.recipe import Recipe

Recipe_co = TypeVar("Recipe_co", bound="Recipe", covariant=True)


@dataclass(frozen=True, slots=True, eq=False)
class Setup(Generic[Recipe_co]):
    """What a recipe makes of a data folder.

    Args:
        recipe: To train by.
        photos: To learn from and to judge by.
        build: Builds the model: `build_tagger`, `build_nima` or `build_duo`.
        make_task: What to learn from those of the photos that can be decoded.
        label_files: What is learnt besides the tags of the photos: votes, a teacher's answers.
    """

    recipe: Recipe_co
    photos: list[TaggedPhoto]
    build: Callable[..., Any]
    make_task: Callable[[list[TaggedPhoto]], Task]
    label_files: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Prepared(Generic[Recipe_co]):
    """Everything that the two phases need.

    Args:
        recipe: To train by.
        photos: Those that can be decoded.
        model: With its start weights.
        views: Features of the photos.
        task: What to learn.
        run: Where to write.
    """

    recipe: Recipe_co
    photos: list[TaggedPhoto]
    model: Any
    views: Views
    task: Task
    run: RunFolder


def prepare(setup: Setup[Recipe_co], out: Path, *, trial: bool = False) -> Prepared[Recipe_co]:
    """Open the run folder, build the model, and compute features with its start weights.

    Args:
        setup: What `tagging.setup`, `aesthetics.setup` or `duo.setup` returned.
        out: The run folder; an interrupted run of the same recipe and data goes on there.
        trial: Leaves the folder free for a run of another recipe; only features are kept there.

    Raises:
        DatasetError: If the folder holds another run, or the photos are unusable.
        WeightsError: If the starting weights cannot be obtained.
    """
    recipe, photos = setup.recipe, setup.photos
    run = RunFolder(out, recipe, _digest(photos, setup.label_files))
    if not trial:
        run.refuse_other()
    model = _start(recipe, setup.build)
    views, unreadable = read_views(model, photos, recipe, out / "cache")
    run.drop("cannot be decoded", len(unreadable), unreadable)
    readable = [photo for photo in photos if photo.file not in unreadable]
    task = setup.make_task(readable)
    for why, number in task.left_out.items():
        run.drop(why, number)
    _check_folds(task, recipe)
    if not trial:
        run.claim()  # not before: who has to mend something may begin again in the same folder
    return Prepared(recipe, readable, model, views, task, run)


def _digest(photos: Iterable[TaggedPhoto], label_files: Iterable[Path]) -> str:
    """sha256 of all that is learnt from; without label files, that of the photos alone."""
    digest = content_digest(photos)
    for path in label_files:
        try:
            digest = hashlib.sha256(digest.encode() + path.read_bytes()).hexdigest()
        except OSError as error:
            raise DatasetError(f"{path}: {error.strerror}") from error
    return digest


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
