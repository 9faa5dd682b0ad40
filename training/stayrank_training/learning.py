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
from stayrank_training.teaching import taught_task

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from stayrank_training.preparing import Prepared

_BATCH = 32


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """What came out.

    Args:
        raw: `(photos, classes)`: what the model says.
        unseen: The same, each row by a model that did not learn from the photo; where `judged`.
        judged: `(photos,)` whether the photo was held out and tells how good the model is.
        left_out: Why photos were not learnt from in the end → how many.
    """

    raw: NDArray[np.float32]
    unseen: NDArray[np.float32]
    judged: NDArray[np.bool_]
    left_out: dict[str, int]


def learn(prepared: Prepared) -> Learnt:
    """Both phases; phases that the run folder holds finished are not repeated."""
    prepared.run.write_record()
    if not prepared.recipe.finetune.epochs:
        learnt = _heads(prepared)
    elif prepared.recipe.cross_fit:
        learnt = _cross_fitted(prepared)
    else:
        learnt = _held_out(prepared)
    for why, number in learnt.left_out.items():
        prepared.run.drop(why, number)
    prepared.run.write_record()
    prepared.run.write_curves()
    return learnt


def unseen_by_folds(prepared: Prepared, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Train a model for each fold on all others, and ask it about the fold.

    Nothing of the fold stops or chooses anything: all epochs are run. The model of `prepared`
    is left as it came.

    Args:
        prepared: What to learn from what.
        pixels: `(photos, height, width, 3)` uint8.

    Returns:
        `(photos, classes)`: of a photo without a label, which no fold holds out, the mean of all
        models; zeros of those that are in no fold otherwise.
    """
    task, model, recipe = prepared.task, prepared.model, prepared.recipe
    start = model.get_weights()
    said = np.zeros_like(task.labels)
    for fold in range(recipe.folds):
        model.set_weights(start)
        _both_phases(prepared, pixels, fold, judged=False)
        mine, unlabelled = task.folds == fold, ~task.labelled
        said[mine] = predict(model, pixels[mine])
        if unlabelled.any():
            said[unlabelled] += predict(model, pixels[unlabelled]) / recipe.folds
    model.set_weights(start)
    return said


def head_phase(
    prepared: Prepared, fold: int | None, checkpoint: Path, *, judged: bool = True
) -> None:
    """Phase one, with one fold or none held out, and stopped by it if it is `judged`."""
    task, views, recipe = prepared.task, prepared.views, prepared.recipe
    judging = Examples(views.plain, task.labels, task.weights)
    fit_head(
        prepared.model,
        views.all(task, task.learnt(fold)),
        judging.chosen(task.stopping(fold)) if judged and fold is not None else None,
        task.loss,
        recipe.head,
        seed=recipe.seed,
        checkpoint=checkpoint,
    )


def predict(model: Any, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:  # noqa: ANN401
    """What a model says about photos `(photos, height, width, 3)`: `(photos, classes)`."""
    return np.asarray(model.predict(pixels, batch_size=_BATCH, verbose=0), dtype=np.float32)


def read_pixels(prepared: Prepared) -> NDArray[np.uint8]:
    """`(photos, height, width, 3)` uint8: all photos, decoded."""
    return load_pixels([photo.path for photo in prepared.photos], prepared.recipe.preprocessing)


def _heads(prepared: Prepared) -> Learnt:
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
    return Learnt(raw, unseen, task.folds >= 0, task.left_out)


def _held_out(prepared: Prepared) -> Learnt:
    """Both phases, stopped and judged by the first fold."""
    pixels = read_pixels(prepared)
    _both_phases(prepared, pixels, fold=0, judged=True)
    raw = predict(prepared.model, pixels)
    return Learnt(raw, raw, prepared.task.folds == 0, prepared.task.left_out)


def _cross_fitted(prepared: Prepared) -> Learnt:
    """Models of the folds first; then one of all photos, which may learn from them."""
    pixels = read_pixels(prepared)
    unseen = unseen_by_folds(prepared, pixels)
    task, teacher = prepared.task, prepared.recipe.teacher
    knows = (task.folds >= 0) | ~task.labelled
    prepared.run.write_opinions(prepared.photos, unseen, knows)
    if teacher and not teacher.probabilities:
        task = taught_task(task, prepared.photos, unseen, knows, teacher)
    _both_phases(replace(prepared, task=task), pixels, fold=None, judged=False)
    judged = (task.folds >= 0) & task.judges
    return Learnt(predict(prepared.model, pixels), unseen, judged, task.left_out)


def _both_phases(
    prepared: Prepared, pixels: NDArray[np.uint8], fold: int | None, *, judged: bool
) -> None:
    """Train the model in place, with one fold or none held out."""
    task, recipe = prepared.task, prepared.recipe
    name = "all" if fold is None else str(fold)
    head_phase(prepared, fold, prepared.run.checkpoint(f"head-{name}"), judged=judged)
    if recipe.finetune.epochs:
        settings = recipe.finetune
        if recipe.cross_fit and fold is not None and settings.fold_epochs:
            settings = settings.model_copy(update={"epochs": settings.fold_epochs})
        judging = Examples(pixels, task.labels, task.weights)
        finetune(
            prepared.model,
            Examples(pixels, task.targets, task.weights).chosen(task.learnt(fold)),
            judging.chosen(task.stopping(fold)) if judged and fold is not None else None,
            task.loss,
            settings,
            recipe.augmentation,
            seed=recipe.seed,
            checkpoint=prepared.run.checkpoint(f"layers-{name}"),
        )
    round_kernels(prepared.model)
