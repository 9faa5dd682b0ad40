"""Class activation maps: where in a photo the evidence for a class lies.

After global average pooling and one dense layer, the logit of class c is

    logit_c = b_c + mean_{y,x} Σ_k w_kc · f_k(y, x)

so `Σ_k w_kc · f_k(y, x)` is what place (y, x) contributes, exactly. No gradient is needed, and
any runtime that returns the last feature map will do.

Reference:
    Zhou et al., "Learning Deep Features for Discriminative Localization", CVPR 2016, equation 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def class_activation_maps(
    feature_map: NDArray[np.floating], kernel: NDArray[np.floating]
) -> NDArray[np.float32]:
    """How much each place of a photo speaks for each class.

    Args:
        feature_map: `(batch, rows, columns, channels)`: the last one of the backbone.
        kernel: `(channels, classes)`: weights of the dense layer.

    Returns:
        `(batch, rows, columns, classes)` float32 in units of logits; the mean over a photo plus
        the bias is its logit.

    Raises:
        ValueError: If the channels disagree.
    """
    if feature_map.shape[-1] != kernel.shape[0]:
        raise ValueError(f"{feature_map.shape[-1]} channels, but weights for {kernel.shape[0]}")
    return np.asarray(feature_map @ kernel, dtype=np.float32)


def relative_heat(activation: NDArray[np.floating]) -> NDArray[np.float32]:
    """Scale the positive part of maps to 0..1 for display.

    Args:
        activation: `(..., rows, columns)` maps of one class each.

    Returns:
        The same shape: 0 where nothing speaks for the class, 1 at the strongest place.
    """
    positive = np.maximum(activation, 0)
    top = positive.max(axis=(-2, -1), keepdims=True)
    return np.asarray(positive / np.where(top > 0, top, 1), dtype=np.float32)
