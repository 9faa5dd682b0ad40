"""Two ends on one beginning: the last layers of a backbone, once for each of two answers."""

from __future__ import annotations

from typing import Any

import keras

SECOND = "_second"  # ends the names of the layers of the second end
BOTH = "both_feature_maps"


def branched(photo: Any, feature_map: Any, after: str) -> Any:  # noqa: ANN401
    """Build all layers behind one a second time, with weights of their own.

    Args:
        photo: The input of a backbone.
        feature_map: `(batch, rows, columns, channels)`: its output.
        after: Name of the last layer that both ends share.

    Returns:
        Both last feature maps side by side, `(batch, rows, columns, 2 channels)`.

    Raises:
        ValueError: If there is no such layer, or none behind it.
    """
    whole = keras.Model(photo, feature_map)
    if after == whole.layers[-1].name:
        raise ValueError(f"nothing comes behind the layer {after!r}")
    shared = whole.get_layer(after).output
    second = {id(shared): shared}
    for layer in whole.layers:
        if any(id(given) in second for given in keras.tree.flatten(layer.input)):
            copy = type(layer).from_config({**layer.get_config(), "name": layer.name + SECOND})
            inputs = keras.tree.map_structure(lambda x: second.get(id(x), x), layer.input)
            second[id(layer.output)] = copy(inputs)
    return keras.layers.Concatenate(name=BOTH)([feature_map, second[id(feature_map)]])


def first_channels(model: Any) -> int | None:  # noqa: ANN401
    """How many channels of the last feature map belong to the first end; None where it is alone."""
    ends = [layer for layer in model.layers if layer.name == BOTH]
    return int(ends[0].input[0].shape[-1]) if ends else None
