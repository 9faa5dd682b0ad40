"""The common course of every training: read, start, features, phase one, phase two, predict.

photos ─> features of the start ─> phase one ─> phase two ─> probabilities ─> artifact
(once, cached)    (the head)   (all layers)   (calibrated, measured)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from stayrank_common.errors import DatasetError
from stayrank_models.backbones import BACKBONES
from stayrank_models.exporting import round_kernels
from stayrank_models.heads import PROBABILITIES
from stayrank_models.loading import load_start
from stayrank_training.data.photos import content_digest
from stayrank_training.examples import Examples
from stayrank_training.features import load_pixels
from stayrank_training.phases import finetune, fit_head, head_probabilities
from stayrank_training.runs import RunFolder
from stayrank_training.task import Task, Views, read_views

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from stayrank_training.data.photos import TaggedPhoto
    from stayrank_training.recipe import Recipe

_BATCH = 32


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


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """What came out.

    Args:
        raw: `(photos, classes)`: what the model says.
        unseen: The same, each row by a model that did not learn from the photo; where `judged`.
        judged: `(photos,)` whether the photo was held out.
    """

    raw: NDArray[np.float32]
    unseen: NDArray[np.float32]
    judged: NDArray[np.bool_]


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
        run.claim()
    model = _start(recipe, build)
    views, unreadable = read_views(model, photos, recipe, out / "cache")
    run.drop("cannot be decoded", len(unreadable), unreadable)
    readable = [photo for photo in photos if photo.file not in unreadable]
    task = make_task(readable)
    for why, number in task.left_out.items():
        run.drop(why, number)
    _check_folds(task, recipe)
    return Prepared(recipe, readable, model, views, task, run)


def learn(prepared: Prepared) -> Learnt:
    """Both phases; phases that the run folder holds finished are not repeated.

    With phase two, fold 0 stops both phases and is judged. Without it, there are as many heads as
    folds, each stopped and judged by the fold that it did not see, and the last layer becomes
    their average: it averages their logits, and has seen every photo.
    """
    prepared.run.write_record()
    if not prepared.recipe.finetune.epochs:
        learnt = _cross_fit(prepared)
    else:
        head_phase(prepared, fold=0, checkpoint=prepared.run.checkpoint("head-0"))
        pixels = _finetune(prepared)
        round_kernels(prepared.model)
        raw = predict(prepared.model, pixels)
        learnt = Learnt(raw, raw, prepared.task.folds == 0)
    prepared.run.write_curves()
    return learnt


def head_phase(prepared: Prepared, fold: int, checkpoint: Path) -> None:
    """Phase one, with one fold held out to stop it."""
    task, views, recipe = prepared.task, prepared.views, prepared.recipe
    fit_head(
        prepared.model,
        views.all(task, task.learnt(fold)),
        Examples(views.plain, task.labels, task.weights).chosen(task.stopping(fold)),
        task.loss,
        recipe.head,
        seed=recipe.seed,
        checkpoint=checkpoint,
    )


def predict(model: Any, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:  # noqa: ANN401
    """What a model says about photos `(photos, height, width, 3)`: `(photos, classes)`."""
    return np.asarray(model.predict(pixels, batch_size=_BATCH, verbose=0), dtype=np.float32)


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
    load_start(model, recipe.start.weights, recipe.seed)
    round_kernels(model)  # features, calibration and metrics are to be those of what ships
    return model


def _check_folds(task: Task, recipe: Recipe) -> None:
    held = range(1 if recipe.finetune.epochs else recipe.folds)
    for fold in held:
        if not task.stopping(fold).any() or not task.learnt(fold).any():
            raise DatasetError(
                f"too few hotels or photos for {recipe.folds} folds: fold {fold} would leave none "
                "to judge by or none to learn from; lower `folds`"
            )


def _cross_fit(prepared: Prepared) -> Learnt:
    model, task, views = prepared.model, prepared.task, prepared.views
    dense = model.get_layer(PROBABILITIES)
    start, heads = dense.get_weights(), []
    unseen = np.zeros_like(task.labels)
    for fold in range(prepared.recipe.folds):
        dense.set_weights(start)
        head_phase(prepared, fold, prepared.run.checkpoint(f"head-{fold}"))
        heads.append(dense.get_weights())
        mine = task.folds == fold
        unseen[mine] = head_probabilities(model, views.plain[mine])
    dense.set_weights([np.mean(values, axis=0) for values in zip(*heads, strict=True)])
    round_kernels(model)
    return Learnt(head_probabilities(model, views.plain), unseen, task.folds >= 0)


def _finetune(prepared: Prepared) -> NDArray[np.uint8]:
    """Phase two; returns the pixels of all photos."""
    task, recipe = prepared.task, prepared.recipe
    pixels = load_pixels([photo.path for photo in prepared.photos], recipe.preprocessing)
    finetune(
        prepared.model,
        Examples(pixels, task.targets, task.weights).chosen(task.learnt(0)),
        Examples(pixels, task.labels, task.weights).chosen(task.stopping(0)),
        task.loss,
        recipe.finetune,
        recipe.augmentation,
        seed=recipe.seed,
        checkpoint=prepared.run.checkpoint("all-layers"),
    )
    return pixels
