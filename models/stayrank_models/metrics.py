"""What is watched while NIMA trains: errors of the mean score, in rating points.

Each metric takes `y_true` and `y_pred` of shape `(batch, 10)`, rating distributions.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


def mean_scores(distribution: Any) -> Any:  # noqa: ANN401
    """The expected ratings in [1, 10], `(batch,)`, of `(batch, 10)` rating distributions."""
    distribution = ops.convert_to_tensor(distribution)
    ratings = ops.arange(1, distribution.shape[-1] + 1, dtype=distribution.dtype)
    return ops.sum(distribution * ratings, axis=-1)


def _absolute_error(y_true: Any, y_pred: Any) -> Any:  # noqa: ANN401
    return ops.abs(mean_scores(y_true) - mean_scores(y_pred))


def _same_side(y_true: Any, y_pred: Any) -> Any:  # noqa: ANN401
    return ops.equal(mean_scores(y_true) >= 5, mean_scores(y_pred) >= 5)


@keras.saving.register_keras_serializable(package="stayrank")
class MeanScoreError(keras.metrics.MeanMetricWrapper):
    """Mean absolute error of the mean score, in rating points."""

    def __init__(self, name: str = "mean_score_error", dtype: str | None = None) -> None:
        super().__init__(_absolute_error, name=name, dtype=dtype)

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        return {"name": self.name, "dtype": self.dtype}


@keras.saving.register_keras_serializable(package="stayrank")
class AccuracyAtFive(keras.metrics.MeanMetricWrapper):
    """Share of photos whose mean score lies on the right side of 5, where 5 itself is good."""

    def __init__(self, name: str = "accuracy_at_5", dtype: str | None = None) -> None:
        super().__init__(_same_side, name=name, dtype=dtype)

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        return {"name": self.name, "dtype": self.dtype}
