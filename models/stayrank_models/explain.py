"""Class activation maps: where in a photo the evidence for an answer lies.

An answer is a direction d in the space of logits, with Σ_c d_c = 0 because a softmax does not
feel a constant that is added to all of them:

    an area c           d = onehot(c) − 1/classes       its logit against the average logit
    the mean score      d_r = p_r · (r − mean)           the gradient ∂mean/∂logit_r at this photo

What channel k of the last feature map f means for it is the gradient, summed over the places,

    g_k = Σ_{y,x} ∂(Σ_c d_c · logit_c) / ∂f_k(y, x)      map(y, x) = Σ_k g_k · f_k(y, x)

which is Grad-CAM without its final rectifier and works for any head. After global average pooling
and one dense layer with kernel w and bias b the gradient is known, g_k = Σ_c w_kc · d_c. Then any
runtime that returns the feature map will do, and the mean of the map over all places is exactly

    an area c           (logit_c − b_c) − the average of (logit − b) over all areas
    the mean score      Σ_r p_r · (r − mean) · (logit_r − b_r), the covariance of rating and logit:
                        how fast the mean score would rise if all features grew in proportion

Places are cells of equal size. What a cell sees is centred within 2 % of the photo's edge of the
cell itself (measured on MobileNet by blotting out patches of photos).

References:
    Zhou et al., "Learning Deep Features for Discriminative Localization", CVPR 2016, equation 2.
    Selvaraju et al., "Grad-CAM", ICCV 2017, equations 1 and 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stayrank_common.ratings import RATINGS, mean_score

if TYPE_CHECKING:
    from numpy.typing import NDArray


def class_direction(index: int, classes: int) -> NDArray[np.float64]:
    """The direction `(classes,)` of one class against the average one; sums to 0."""
    direction = np.full(classes, -1 / classes)
    direction[index] += 1
    return direction


def mean_direction(distribution: NDArray[np.floating]) -> NDArray[np.float64]:
    """The direction `(10,)` in which the mean score of a rating distribution `(10,)` rises fastest.

    It is the gradient of the mean score with respect to the logits; sums to 0.
    """
    p = np.asarray(distribution, dtype=np.float64)
    return np.asarray(p * (RATINGS - mean_score(p)))


def activation_map(
    feature_map: NDArray[np.floating], channel_weights: NDArray[np.floating]
) -> NDArray[np.float64]:
    """How much each place of a photo speaks for an answer (positive) or against it (negative).

    Args:
        feature_map: `(rows, columns, channels)`: the last one of the backbone.
        channel_weights: `(channels,)`: g of above, as `Engine.channel_weights` gives it.

    Returns:
        `(rows, columns)` in units of logits, or of rating points for the mean score.

    Raises:
        ValueError: If the channels disagree.
    """
    if feature_map.shape[-1:] != channel_weights.shape:
        raise ValueError(
            f"expected as many weights as the {feature_map.shape[-1]} channels, "
            f"got {channel_weights.shape}"
        )
    return np.asarray(feature_map.astype(np.float64) @ channel_weights)


def relative_heat(activation: NDArray[np.floating]) -> NDArray[np.float64]:
    """Scale the positive part of a map to 0..1 for display.

    Args:
        activation: `(rows, columns)`.

    Returns:
        The same shape: 0 where a place speaks against the answer or not at all, 1 at the strongest.
    """
    positive = np.maximum(activation, 0)
    top = positive.max()
    return np.asarray(positive / top if top > 0 else positive, dtype=np.float64)


def focal_point(activation: NDArray[np.floating]) -> tuple[float, float]:
    """The centre of mass of the hottest region.

    The region holds the strongest place and all that hang together with it, side by side, and lie
    above the middle between the weakest and the strongest; each weighs as much as it lies above.
    Where anything speaks for the answer, what speaks against it counts as nothing: it has no heat.

    Args:
        activation: `(rows, columns)`, of any sign.

    Returns:
        (x, y), each in 0..1 from the left and the upper edge; (0.5, 0.5) for a constant map.
    """
    rows, columns = activation.shape
    if activation.max() > 0:
        activation = np.maximum(activation, 0)
    excess = activation - (activation.min() + activation.max()) / 2
    if not excess.any():
        return 0.5, 0.5
    region = _connected(excess > 0, divmod(int(activation.argmax()), columns))
    weight = np.where(region, excess, 0)
    weight /= weight.sum()
    x = weight.sum(axis=0) @ (np.arange(columns) + 0.5) / columns
    y = weight.sum(axis=1) @ (np.arange(rows) + 0.5) / rows
    return float(x), float(y)


def _connected(inside: NDArray[np.bool_], start: tuple[int, int]) -> NDArray[np.bool_]:
    """The places of `inside` that can be walked to from one of them, straight steps only."""
    region = np.zeros_like(inside)
    waiting = [start]
    while waiting:
        y, x = waiting.pop()
        if 0 <= y < inside.shape[0] and 0 <= x < inside.shape[1] and inside[y, x] > region[y, x]:
            region[y, x] = True
            waiting += [(y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)]
    return region
