"""What a convolutional filter looks for: the picture that excites it most, by gradient ascent.

From faint noise, x follows the gradient of the mean activation a_k of channel k

    x ← (1 − decay) · x + step · g / rms(g)        g = ∇a_k(x), its spectrum divided by frequency

and what makes such pictures unreadable is held down on the way. Dividing by frequency gives coarse
shapes the head start over fine noise that they have in photos, each step sees the picture shifted
by a random jitter, and the decay (L2) clears away what excites nothing. Where the layer is a
rectifier its input is followed, since it passes no gradient below zero.

References:
    Erhan et al., "Visualizing Higher-Layer Features of a Deep Network", 2009, equation 1.
    Yosinski et al., "Understanding Neural Networks Through Deep Visualization", 2015, section 3.
    Olah et al., "Feature Visualization", Distill 2017: jitter, and the section on preconditioning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import ops

from stayrank_common.errors import ExplanationError
from stayrank_models.gradcam import gradient_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# Tried on both MobileNets until shapes could be told; in units of the scaled input, −1..1.
_NOISE, _STEP, _DECAY = 0.05, 0.06, 0.01
_JITTER = 8  # pixels
_TINY = 1e-12  # a channel that answers to nothing has no gradient and fades to grey


@dataclass(frozen=True, slots=True, eq=False)
class FilterPicture:
    """What excites one filter.

    Args:
        pixels: `(size, size, 3)` uint8 sRGB.
        activation: Mean activation of the channel that the picture reaches.
    """

    pixels: NDArray[np.uint8]
    activation: float


def layer_name(model: Any, index: int) -> str:  # noqa: ANN401
    """The name of a convolutional layer by its position in a model.

    Raises:
        ExplanationError: If there is no such layer or it has no feature map.
    """
    count = len(model.layers)
    if not 0 <= index < count:
        raise ExplanationError(f"no layer {index}: {model.name} has the layers 0 to {count - 1}")
    layer = model.layers[index]
    if len(layer.output.shape) != 4 or index <= model.layers.index(model.get_layer("scaling")):
        raise ExplanationError(f"layer {index} ({layer.name}) has no channels of its own to show")
    return str(layer.name)


def channels_of(model: Any, index: int, count: int) -> list[int]:  # noqa: ANN401
    """Up to `count` channels of a layer, evenly spread, the same for every model of its shape."""
    channels = model.layers[index].output.shape[-1]
    return [channels * i // min(count, channels) for i in range(min(count, channels))]


def filter_pictures(
    model: Any,  # noqa: ANN401
    index: int,
    channels: Sequence[int],
    *,
    size: int = 128,
    steps: int = 96,
    seed: int = 0,
) -> list[FilterPicture]:
    """Find the pictures that excite some channels of a layer most.

    Args:
        model: What `build_classifier` returned.
        index: Position of the layer in `model.layers`.
        channels: Which channels.
        size: Width and height of the pictures in pixels.
        steps: Of the ascent.
        seed: Of the noise and the jitter; the same for both sides of a comparison.

    Returns:
        One picture a channel.

    Raises:
        ExplanationError: If there is no such layer, or the backend cannot differentiate.
    """
    layer_name(model, index)
    part = _up_to(model, index, size)
    wanted = ops.one_hot(np.asarray(channels), part.output.shape[-1])

    def excitation(x: Any) -> Any:  # noqa: ANN401
        features = part(x, training=False)
        return ops.sum(ops.mean(features, axis=(1, 2)) * wanted, axis=1)

    def total(x: Any) -> Any:  # noqa: ANN401 - one gradient for all: the channels do not meet
        return ops.sum(excitation(x))

    rng = np.random.default_rng(seed)
    x = np.repeat(rng.normal(0, _NOISE, (1, size, size, 3)), len(channels), axis=0)
    for _ in range(steps):
        shift = rng.integers(-_JITTER, _JITTER + 1, 2)
        seen = np.roll(x, shift, (1, 2)).astype(np.float32)
        gradient = _coarse(np.roll(gradient_of(total, seen), -shift, (1, 2)))
        rms = np.sqrt((gradient**2).mean(axis=(1, 2, 3), keepdims=True))
        x = ((1 - _DECAY) * x + _STEP * gradient / (rms + _TINY)).clip(-1, 1)
    reached = np.asarray(ops.convert_to_numpy(excitation(x.astype(np.float32))))
    return [
        FilterPicture(pixels, float(value))
        for pixels, value in zip((127.5 + 127.5 * x).round().astype(np.uint8), reached, strict=True)
    ]


def _up_to(model: Any, index: int, size: int) -> Any:  # noqa: ANN401
    """The layers between scaled photos and a feature map, for photos of another size."""
    layer = model.layers[index]
    target = layer.input if isinstance(layer, keras.layers.ReLU) else layer.output
    part = keras.Model(model.get_layer("scaling").output, target)
    resized = keras.models.clone_model(part, input_tensors=keras.Input((size, size, 3)))
    resized.set_weights(part.get_weights())
    return resized


def _coarse(gradient: NDArray[np.floating]) -> NDArray[np.float64]:
    """Divide the spectrum of gradients `(n, size, size, 3)` by frequency."""
    size = gradient.shape[1]
    along = np.fft.fftfreq(size)
    frequency = np.hypot(along[:, None], along).clip(1 / size)[None, :, :, None]
    spectrum = np.fft.fft2(gradient, axes=(1, 2)) / frequency
    return np.asarray(np.fft.ifft2(spectrum, axes=(1, 2)).real)
