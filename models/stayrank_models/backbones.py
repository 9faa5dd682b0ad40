"""The convolutional backbones, by name.

A backbone takes `(batch, height, width, 3)` RGB photos with values 0..255 (uint8 or float) and
gives the last feature map `(batch, rows, columns, channels)`. The scaling that its pre-trained
weights expect is part of the graph, so that no caller can forget it or do it twice.

The graph is flat: the layers of the backbone are layers of the model itself. Class activation
maps and layer-wise learning rates need them reachable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import keras
from keras import ops

# Mean blue, green and red of the ImageNet training photos, as Caffe's VGG subtracts them.
CAFFE_MEANS = (103.939, 116.779, 123.68)


@dataclass(frozen=True, slots=True)
class Backbone:
    """How to build a backbone.

    Args:
        constructor: Name of the function in `keras.applications`.
        scaling: `symmetric` maps 0..255 to −1..1; `caffe` swaps to BGR and subtracts the means.
        weights: Key of its ImageNet weights in `stayrank_models.weights.CATALOGUE`.
    """

    constructor: str
    scaling: Literal["symmetric", "caffe"]
    weights: str


BACKBONES: dict[str, Backbone] = {
    "mobilenet": Backbone("MobileNet", "symmetric", "mobilenet-imagenet"),
    "vgg16": Backbone("VGG16", "caffe", "vgg16-imagenet"),
}


@keras.saving.register_keras_serializable(package="stayrank")
class CaffeScaling(keras.layers.Layer):
    """Turns RGB into BGR and subtracts the mean of each channel.

    Call arguments:
        inputs: `(batch, height, width, 3)` RGB in 0..255.

    Returns:
        `(batch, height, width, 3)` BGR, roughly −124..152.
    """

    def call(self, inputs: Any) -> Any:  # noqa: ANN401 D102
        bgr = ops.flip(ops.cast(inputs, self.compute_dtype), axis=-1)
        return bgr - ops.convert_to_tensor(CAFFE_MEANS, dtype=self.compute_dtype)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:  # noqa: D102
        return input_shape


def build_backbone(
    name: str, height: int = 224, width: int = 224, **options: object
) -> tuple[Any, Any]:
    """Build the graph of a backbone with random weights.

    Args:
        name: A key of `BACKBONES`.
        height: Of the input in pixels.
        width: Of the input in pixels.
        **options: Further arguments of the Keras constructor, for example `alpha=0.25`.

    Returns:
        The input `(batch, height, width, 3)` uint8, and the last feature map
        `(batch, rows, columns, channels)` float32.

    Raises:
        ValueError: If there is no such backbone.
    """
    if name not in BACKBONES:
        raise ValueError(f"no backbone {name!r}; there are: {', '.join(BACKBONES)}")
    backbone = BACKBONES[name]
    photo = keras.Input((height, width, 3), dtype="uint8", name="photo")
    if backbone.scaling == "symmetric":
        scaled = keras.layers.Rescaling(1 / 127.5, offset=-1.0, name="scaling")(photo)
    else:
        scaled = CaffeScaling(name="scaling")(photo)
    build = getattr(keras.applications, backbone.constructor)
    body = build(include_top=False, weights=None, input_tensor=scaled, **options)
    return photo, body.output
