"""The loss that NIMA is trained with."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="stayrank")
class EarthMoversDistance(keras.losses.Loss):
    """Distance between two rating distributions that respects the order of ratings.

    With ratings 1..K and their cumulative distributions, one photo costs

        (mean_k |cdf_true[k] - cdf_pred[k]| ** r) ** (1 / r)

    so calling a 9 an 8 is cheap and calling it a 2 is not; cross-entropy would charge both
    the same.

    Args:
        r: Order of the norm. NIMA trains with 2 and reports with 1.
        epsilon: A mean below it counts as 0, and so does its gradient: the slope of the root
            at 0 is infinite, and infinity times zero is NaN.
        **kwargs: `reduction`, `name` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: `(batch, K)` distributions, each row non-negative and summing to 1.
        y_pred: `(batch, K)` distributions, typically a softmax.

    Returns:
        `(batch,)` distances in [0, 1]; Keras applies `reduction` and sample weights.

    Raises:
        ValueError: If `r` is below 1.

    Example:
        All votes on 10 against all votes on 1: nine of ten cumulative bins differ.

        >>> loss = EarthMoversDistance(r=1)
        >>> round(float(loss([[0.0] * 9 + [1.0]], [[1.0] + [0.0] * 9])), 4)
        0.9

    Reference:
        Talebi and Milanfar, "NIMA: Neural Image Assessment", equation 1.
    """

    def __init__(
        self,
        r: float = 2.0,
        epsilon: float = 1e-12,
        name: str = "earth_movers_distance",
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        if r < 1:
            raise ValueError(f"expected r of at least 1. Received: r={r}")
        super().__init__(name=name, **kwargs)
        self.r = r
        self.epsilon = epsilon

    def call(self, y_true: Any, y_pred: Any) -> Any:  # noqa: ANN401 D102
        y_pred = ops.convert_to_tensor(y_pred)
        y_true = ops.cast(y_true, y_pred.dtype)
        gap = ops.cumsum(y_true, axis=-1) - ops.cumsum(y_pred, axis=-1)  # (batch, K)
        mean = ops.mean(ops.abs(gap) ** self.r, axis=-1)  # (batch,)
        if self.r == 1:
            return mean
        # Both branches of `where` are differentiated, so the root must never see a zero:
        # d/dx x^(1/r) at x = 1 is finite, and `where` multiplies it by 0.
        positive = mean > self.epsilon
        safe = ops.where(positive, mean, ops.ones_like(mean))
        return ops.where(positive, safe ** (1 / self.r), ops.zeros_like(mean))

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        return {**super().get_config(), "r": self.r, "epsilon": self.epsilon}
