"""Logit adjustment: rare classes are predicted more often.

A model that has learnt from many bedrooms and few receptions finds a reception improbable before it
has looked. Dividing its probabilities by the share π of each class in what it learnt from, to the
power of τ, takes that back; for a softmax that is a shift of the last layer's bias by −τ log π, and
costs nothing when serving.

Reference:
    Menon et al., "Long-Tail Learning via Logit Adjustment", ICLR 2021, equation 9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stayrank_models.heads import PROBABILITIES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stayrank_training.task import Task


def logit_shifts(task: Task, areas: int, strength: float) -> NDArray[np.float32]:
    """How far each logit is to be moved.

    Args:
        task: Its labels and weights tell the share of each class.
        areas: How many outputs, the first ones, are areas; only these are moved. What follows is
            for unrelated photos, whose share says nothing about a gallery.
        strength: τ ≥ 0; 0 moves nothing, 1 makes all areas equally probable beforehand.

    Returns:
        `(classes,)`, of mean 0 over the areas.
    """
    totals = (task.weights[:, None] * task.labels).sum(axis=0)
    shifts = np.zeros(len(totals), np.float32)
    logs = np.log(np.maximum(totals[:areas], totals[totals > 0].min()))
    shifts[:areas] = -strength * (logs - logs.mean())
    return shifts


def shifted(probabilities: NDArray[np.float32], shifts: NDArray[np.float32]) -> NDArray[np.float32]:
    """The probabilities `(photos, classes)` after the logits were moved; rows of zeros stay.

    >>> shifted(np.array([[0.8, 0.2]]), np.log([1, 4])).round(3)
    array([[0.5, 0.5]])
    """
    odds = probabilities * np.exp(shifts)
    totals = odds.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(odds, totals, out=np.zeros_like(odds), where=totals > 0))


def shift_head(model: Any, shifts: NDArray[np.float32]) -> None:  # noqa: ANN401
    """Move the logits of a model's last layer, in place."""
    dense = model.get_layer(PROBABILITIES)
    kernel, bias = dense.get_weights()
    dense.set_weights([kernel, bias + shifts])
