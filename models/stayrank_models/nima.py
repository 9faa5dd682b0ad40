"""NIMA: how people would rate a photo, as a distribution over the ratings 1..10.

Reference:
    Talebi and Milanfar, "NIMA: Neural Image Assessment", IEEE TIP 2018, section III.
"""

from __future__ import annotations

from typing import Any

from stayrank_models.heads import build_classifier
from stayrank_models.manifests import RATING_LABELS

RATING_COUNT = len(RATING_LABELS)


def build_nima(backbone: str = "mobilenet", dropout: float = 0.75, **options: Any) -> Any:  # noqa: ANN401
    """Build NIMA with random weights: backbone, average pooling, dropout, softmax of ten.

    Args:
        backbone: A key of `stayrank_models.backbones.BACKBONES`.
        dropout: Rate before the last layer, in [0, 1); 0.75 as in the paper.
        **options: `height` and `width` in pixels (224), further arguments of the backbone.

    Returns:
        A Keras model from `(batch, height, width, 3)` uint8 to `(batch, 10)` distributions.

    Raises:
        ValueError: If there is no such backbone.
    """
    return build_classifier(backbone, RATING_COUNT, dropout, name="nima", **options)
