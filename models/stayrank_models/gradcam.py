"""The gradient that Grad-CAM needs, for any head, by the backend's own differentiation.

`stayrank_models.explain` has the equations; this is its g where no closed form is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import ops

from stayrank_common.errors import ExplanationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

# Keeps the logarithm finite where float32 has no digits left for a probability.
_SMALLEST = 1e-30


def channel_weights(
    head: Any,  # noqa: ANN401
    feature_maps: NDArray[np.floating],
    directions: NDArray[np.floating],
) -> NDArray[np.float32]:
    """Differentiate answers with respect to the last feature map, and sum over places.

    Since directions sum to 0, Σ_c d_c · logit_c = Σ_c d_c · log p_c: the probabilities suffice.

    Args:
        head: A Keras model from `(batch, rows, columns, channels)` to `(batch, classes)`
            probabilities.
        feature_maps: `(batch, rows, columns, channels)`: what to differentiate at.
        directions: `(batch, classes)`, each row summing to 0.

    Returns:
        `(batch, channels)` float32: g of `stayrank_models.explain`.

    Raises:
        ExplanationError: If the backend cannot differentiate here.
    """
    towards = ops.convert_to_tensor(np.asarray(directions, dtype=np.float32))

    def answer(features: Any) -> Any:  # noqa: ANN401
        return ops.sum(towards * ops.log(head(features, training=False) + _SMALLEST))

    gradient = gradient_of(answer, np.asarray(feature_maps, dtype=np.float32))
    return np.asarray(gradient.sum(axis=(1, 2)))


def gradient_of(answer: Callable[[Any], Any], at: NDArray[np.float32]) -> NDArray[np.float32]:
    """The gradient of a scalar function of one array, of the array's shape.

    Args:
        answer: Made of `keras.ops` and Keras layers.
        at: Where to differentiate.

    Raises:
        ExplanationError: If Keras runs on another backend than TensorFlow and JAX.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        point = tf.convert_to_tensor(at)
        with tf.GradientTape() as tape:
            tape.watch(point)
            value = answer(point)
        return np.asarray(tape.gradient(value, point))
    if backend == "jax":
        import jax

        return np.asarray(jax.grad(answer)(at))
    raise ExplanationError(
        f"no gradients with the Keras backend {backend!r}: set KERAS_BACKEND=tensorflow or jax"
    )
