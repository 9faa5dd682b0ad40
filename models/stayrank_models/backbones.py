"""The convolutional backbones, by name.

A backbone takes `(batch, height, width, 3)` RGB photos with values 0..255 (uint8 or float) and
gives the last feature map `(batch, rows, columns, channels)`. The scaling that its pre-trained
weights expect is part of the graph, so that no caller can forget it or do it twice.

The graph is flat: the layers of the backbone are layers of the model itself. Class activation
maps and layer-wise learning rates need them reachable.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import keras
from keras import ops

if TYPE_CHECKING:
    from collections.abc import Mapping

# Mean blue, green and red of the ImageNet training photos, as Caffe's VGG subtracts them.
CAFFE_MEANS = (103.939, 116.779, 123.68)
# Mean and standard deviation of red, green and blue over ImageNet, in 0..1: PyTorch's convention.
TORCH_MEANS = (0.485, 0.456, 0.406)
TORCH_DEVIATIONS = (0.229, 0.224, 0.225)
SCALING = "scaling"  # name of the layer


@dataclass(frozen=True, slots=True)
class Backbone:
    """How to build a backbone.

    Args:
        constructor: Name of the function in `keras.applications`.
        scaling: `symmetric` maps 0..255 to −1..1; `caffe` swaps to BGR and subtracts the means;
            `torch` subtracts the means from 0..1 and divides by the standard deviations.
        weights: Key of its ImageNet weights in `stayrank_models.weights.CATALOGUE`.
        options: Arguments of the constructor, so that it does not scale by itself as well.
    """

    constructor: str
    scaling: Literal["symmetric", "caffe", "torch"]
    weights: str
    options: Mapping[str, object] = field(default_factory=dict)


_NO_SCALING = {"include_preprocessing": False}

BACKBONES: dict[str, Backbone] = {
    "mobilenet": Backbone("MobileNet", "symmetric", "mobilenet-imagenet"),
    "mobilenet_v3_small": Backbone(
        "MobileNetV3Small", "symmetric", "mobilenet-v3-small-imagenet", _NO_SCALING
    ),
    "mobilenet_v3_large": Backbone(
        "MobileNetV3Large", "symmetric", "mobilenet-v3-large-imagenet", _NO_SCALING
    ),
    "efficientnet_b0": Backbone("EfficientNetB0", "torch", "efficientnet-b0-imagenet"),
    "resnet50": Backbone("ResNet50", "caffe", "resnet50-imagenet"),
    "vgg16": Backbone("VGG16", "caffe", "vgg16-imagenet"),
}

# EfficientNet scales its input itself, in layers whose constants are weights, and drops whole
# blocks in training. Our scaling stands before it, and a random seed is no weight to serve.
_LEFT_OUT = (keras.layers.Rescaling, keras.layers.Normalization, keras.layers.Dropout)


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
    build = getattr(keras.applications, backbone.constructor)
    body = build(
        include_top=False,
        weights=None,
        input_tensor=_scaling(backbone.scaling)(photo),
        **{**backbone.options, **options},
    )
    plain = keras.models.clone_model(body, clone_function=_plain)
    return plain.inputs[0], plain.output


def _scaling(kind: str) -> Any:  # noqa: ANN401
    if kind == "symmetric":
        return keras.layers.Rescaling(1 / 127.5, offset=-1.0, name=SCALING)
    if kind == "caffe":
        return CaffeScaling(name=SCALING)
    return keras.layers.Rescaling(
        [1 / (255 * deviation) for deviation in TORCH_DEVIATIONS],
        offset=[-m / d for m, d in zip(TORCH_MEANS, TORCH_DEVIATIONS, strict=True)],
        name=SCALING,
    )


def _plain(layer: Any) -> Any:  # noqa: ANN401
    """The layer again, or nothing in place of one that scales or drops by itself."""
    if isinstance(layer, _LEFT_OUT) and layer.name != SCALING:
        return keras.layers.Identity(name=layer.name)
    return type(layer).from_config(layer.get_config())
