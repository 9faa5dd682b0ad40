"""The common course of every training: phase one, phase two, predictions.

photos ─> features of the start ─> phase one ─> phase two ─> probabilities ─> artifact
(once, cached)    (the head)   (all layers)   (calibrated, measured)

What tells how good a model is must not have been learnt from. A recipe chooses how:

heads alone    one head a fold, each judged by the fold that it has not seen, and averaged
all layers     the first fold is held out
cross-fitting  both phases for each fold on the others; then on all photos, for the model that ships
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from stayrank_models.exporting import round_kernels
from stayrank_models.heads import PROBABILITIES
from stayrank_training.examples import Examples
from stayrank_training.features import load_pixels
from stayrank_training.phases import finetune, fit_head, head_probabilities
from stayrank_training.teaching import with_teacher

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from stayrank_training.examples import Teach
    from stayrank_training.preparing import Prepared
    from stayrank_training.recipe import Recipe
    from stayrank_training.task import Task

_BATCH = 32


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """What came out.

    Args:
        raw: `(photos, classes)`: what the model says.
        unseen: The same, each row by a model that did not learn from the photo; where `judged`.
        judged: `(photos,)` whether the photo was held out and tells how good the model is.
    """

    raw: NDArray[np.float32]
    unseen: NDArray[np.float32]
    judged: NDArray[np.bool_]


def learn(prepared: Prepared[Recipe]) -> Learnt:
    """Both phases; phases that the run folder holds finished are not repeated."""
    prepared.run.write_record()
    if not prepared.recipe.finetune.epochs:
        learnt = _heads(prepared)
    elif prepared.recipe.cross_fit:
        learnt = _cross_fitted(prepared)
    else:
        learnt = _held_out(prepared)
    prepared.run.write_record()
    prepared.run.write_curves()
    return learnt


def unseen_by_folds(prepared: Prepared[Recipe], pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Train a model for each fold on all others, and ask it about the fold.

    The fold neither stops the training nor chooses anything: all epochs are run. The model of
    `prepared` keeps its start weights.

    Args:
        prepared: What to learn from what.
        pixels: `(photos, height, width, 3)` uint8.

    Returns:
        `(photos, classes)`: of a photo that is in no fold and has no label, the mean of all models;
        zeros of the others that are in no fold.
    """
    task, model, recipe = prepared.task, prepared.model, prepared.recipe
    start = model.get_weights()
    by_all = ~task.labelled & (task.folds < 0)
    said = np.zeros_like(task.labels)
    for fold in range(recipe.folds):
        model.set_weights(start)
        _both_phases(prepared, pixels, fold, judged=False)
        mine = task.folds == fold
        said[mine] = predict(model, pixels[mine])
        if by_all.any():
            said[by_all] += predict(model, pixels[by_all]) / recipe.folds
    model.set_weights(start)
    return said


def head_phase(
    prepared: Prepared[Recipe], fold: int | None, checkpoint: Path, *, judged: bool = True
) -> None:
    """Phase one, with one fold or none held out, and stopped by it if it is `judged`."""
    task, views, recipe = prepared.task, prepared.views, prepared.recipe
    fit_head(
        prepared.model,
        views.all(task, task.learnt(fold)),
        _stopping(task, views.plain, fold if judged else None),
        task.loss,
        recipe.head,
        metrics=task.metrics,
        seed=recipe.seed,
        checkpoint=checkpoint,
    )


def layers_phase(
    prepared: Prepared[Recipe],
    pixels: NDArray[np.uint8],
    fold: int | None,
    checkpoint: Path,
    *,
    judged: bool = False,
    teach: Teach | None = None,
) -> None:
    """Phase two, likewise; `teach` completes the targets of each batch."""
    task, recipe = prepared.task, prepared.recipe
    settings = recipe.finetune
    if recipe.cross_fit and fold is not None and settings.fold_epochs:
        settings = settings.model_copy(update={"epochs": settings.fold_epochs})
    finetune(
        prepared.model,
        Examples(pixels, task.targets, task.weights).chosen(task.learnt(fold)),
        _stopping(task, pixels, fold if judged else None),
        task.loss,
        settings,
        recipe.augmentation,
        metrics=task.metrics,
        seed=recipe.seed,
        checkpoint=checkpoint,
        teach=teach,
    )


def _stopping(task: Task, inputs: NDArray[Any], fold: int | None) -> Examples | None:
    """The photos of a fold that tell when to stop."""
    if fold is None:
        return None
    return Examples(inputs, task.labels, task.weights).chosen(task.stopping(fold))


def predict(model: Any, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:  # noqa: ANN401
    """What a model says about photos `(photos, height, width, 3)`: `(photos, classes)`."""
    return np.asarray(model.predict(pixels, batch_size=_BATCH, verbose=0), dtype=np.float32)


def read_pixels(prepared: Prepared[Recipe]) -> NDArray[np.uint8]:
    """`(photos, height, width, 3)` uint8: all photos, decoded."""
    return load_pixels([photo.path for photo in prepared.photos], prepared.recipe.preprocessing)


def _heads(prepared: Prepared[Recipe]) -> Learnt:
    """One head a fold; the last layer becomes their average.

    It averages their logits, and has seen every photo.
    """
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
    raw = head_probabilities(model, views.plain)
    return Learnt(raw, unseen, task.folds >= 0)


def _held_out(prepared: Prepared[Recipe]) -> Learnt:
    """Both phases, stopped and judged by the first fold."""
    pixels = read_pixels(prepared)
    _both_phases(prepared, pixels, fold=0, judged=True)
    raw = predict(prepared.model, pixels)
    return Learnt(raw, raw, prepared.task.folds == 0)


def _cross_fitted(prepared: Prepared[Recipe]) -> Learnt:
    """Models of the folds first; then one of all photos, which may learn from them."""
    pixels = read_pixels(prepared)
    unseen = unseen_by_folds(prepared, pixels)
    task, teacher = prepared.task, prepared.recipe.teacher
    knows = (task.folds >= 0) | ~task.labelled
    prepared.run.write_out_of_fold(prepared.photos, unseen, knows)
    if teacher and not teacher.probabilities:
        task = with_teacher(task, prepared.photos, unseen, knows, teacher)
        for why, number in task.left_out.items():
            prepared.run.drop(why, number)
    _both_phases(replace(prepared, task=task), pixels, fold=None, judged=False)
    judged = (task.folds >= 0) & task.judges
    return Learnt(predict(prepared.model, pixels), unseen, judged)


def _both_phases(
    prepared: Prepared[Recipe], pixels: NDArray[np.uint8], fold: int | None, *, judged: bool
) -> None:
    """Train the model in place, with one fold or none held out."""
    run, name = prepared.run, "all" if fold is None else str(fold)
    head_phase(prepared, fold, run.checkpoint(f"head-{name}"), judged=judged)
    if prepared.recipe.finetune.epochs:
        layers_phase(prepared, pixels, fold, run.checkpoint(f"layers-{name}"), judged=judged)
    round_kernels(prepared.model)
