"""Batch normalisation in inference mode, folded into the convolutions in front of it.

With statistics that no longer change, a normalisation behind a convolution is a scale and a shift
(`*` is the convolution):

    γ (k * x + b − μ) / √(σ² + ε) + β  =  (s k) * x + (β + s (b − μ))        s = γ / √(σ² + ε)

Training the right side instead of the left matters: where a channel hardly varies (σ small), a step
of Adam on `k` moves its output by many times what the same step moves elsewhere, and fine-tuning
falls apart. On `s k` a step means the same in every channel.

Unfolding needs no division by `s`, which may be 0: it puts `γ = √(σ² + ε)`, so that `s = 1`, takes
the trained kernel as it is, and lets β carry the shift. The moving statistics stay as they were.

Reference:
    Jacob et al., "Quantization and Training of Neural Networks for Efficient
    Integer-Arithmetic-Only Inference", CVPR 2018, section 3.2 (equation 14).
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

_CONVOLUTIONS = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D)


def fold(model: Any) -> Any:  # noqa: ANN401
    """Build the same function without the normalisations that follow a convolution.

    Args:
        model: A flat functional Keras model. It keeps its own weights.

    Returns:
        A functional model of the same inputs and outputs, whose layers have the same names; each
        folded convolution has a bias.
    """
    pairs = _pairs(model)
    folded_away = {normalisation.name for normalisation in pairs.values()}

    def clone(layer: Any) -> Any:  # noqa: ANN401
        if layer.name in folded_away:
            return keras.layers.Activation("linear", name=layer.name, dtype=layer.dtype_policy)
        config = layer.get_config()
        if layer.name in pairs:
            config["use_bias"] = True
        return type(layer).from_config(config)

    def call(layer: Any, *inputs: Any, **options: Any) -> Any:  # noqa: ANN401
        # The call of a normalisation is replayed with its `mask`, which no activation takes.
        return layer(*inputs, **({} if layer.name in folded_away else options))

    copy = keras.models.clone_model(model, clone_function=clone, call_function=call)
    for layer in model.layers:
        if layer.name in pairs:
            copy.get_layer(layer.name).set_weights(_folded(layer, pairs[layer.name]))
        elif layer.name not in folded_away and layer.weights:
            copy.get_layer(layer.name).set_weights(layer.get_weights())
    return copy


def unfold(folded: Any, model: Any) -> None:  # noqa: ANN401
    """Write the weights of a folded model back into the model that it was made from.

    Args:
        folded: What `fold(model)` returned, trained since.
        model: Changed in place: the same function as `folded` afterwards, up to rounding. Layers
            that were not trained keep their very numbers.
    """
    pairs = _pairs(model)
    normalisations = {normalisation.name for normalisation in pairs.values()}
    for layer in model.layers:
        if layer.name in normalisations or not layer.weights:
            continue
        values = folded.get_layer(layer.name).get_weights()
        if layer.name in pairs:
            _unfold(layer, pairs[layer.name], values)
        else:
            layer.set_weights(values)


def _pairs(model: Any) -> dict[str, Any]:  # noqa: ANN401
    """Name of each convolution that feeds a full normalisation and nothing else → that layer."""
    pairs = {}
    for layer in model.layers:
        if not isinstance(layer, keras.layers.BatchNormalization) or not layer.scale:
            continue
        source = layer.input._keras_history.operation  # noqa: SLF001 - Keras has no public name
        if isinstance(source, _CONVOLUTIONS) and len(source._outbound_nodes) == 1:  # noqa: SLF001
            pairs[source.name] = layer
    return pairs


def _folded(convolution: Any, normalisation: Any) -> list[np.ndarray]:  # noqa: ANN401
    gamma, beta, mean, variance = normalisation.get_weights()
    kernel, *bias = convolution.get_weights()
    scale = gamma / np.sqrt(variance + normalisation.epsilon)
    # A depthwise kernel is (rows, columns, channels, 1), any other (rows, columns, in, channels).
    depthwise = isinstance(convolution, keras.layers.DepthwiseConv2D)
    shape = (-1, 1) if depthwise else (-1,)
    return [kernel * scale.reshape(shape), beta + scale * ((bias[0] if bias else 0) - mean)]


def _unfold(convolution: Any, normalisation: Any, values: list[np.ndarray]) -> None:  # noqa: ANN401
    if all(map(np.array_equal, values, _folded(convolution, normalisation))):
        return
    kernel, shift = values
    _, _, mean, variance = normalisation.get_weights()
    own = convolution.get_weights()[1:]  # a bias of its own, where there is one
    gamma = np.sqrt(variance + normalisation.epsilon)
    convolution.set_weights([kernel, *own])
    normalisation.set_weights([gamma, shift + mean - (own[0] if own else 0), mean, variance])
