"""Half precision where the machine is made for it."""

from __future__ import annotations

from typing import Any

import keras

from stayrank_models.heads import PROBABILITIES

FULL, MIXED = "float32", "mixed_bfloat16"  # of training; the exponent keeps its gradients
HALF = "mixed_float16"  # of serving on GPUs: eight times as fine, and nothing here exceeds 65,504


def in_precision(model: Any, precision: str) -> Any:  # noqa: ANN401
    """A copy of a model that computes in another precision; the model itself for `float32`.

    Weights are kept in float32 either way, and so is the softmax: probabilities near 1 would all
    be one number. Features, calibration and what is shipped come from the float32 model.

    Args:
        model: A flat Keras model.
        precision: `float32`, `mixed_float16`, `mixed_bfloat16`, or `auto`: the last on a GPU.
    """
    if precision == "auto":
        precision = MIXED if keras.distribution.list_devices("gpu") else FULL
    if precision == FULL:
        return model

    def recast(layer: Any) -> Any:  # noqa: ANN401
        policy = FULL if layer.name == PROBABILITIES else precision
        if isinstance(layer, keras.layers.InputLayer):  # pixels stay uint8
            return layer
        return type(layer).from_config({**layer.get_config(), "dtype": policy})

    copy = keras.models.clone_model(model, clone_function=recast)
    copy.set_weights(model.get_weights())
    return copy
