"""The tagger: which area of a hotel a photo shows."""

from __future__ import annotations

from typing import Any

from stayrank_common.tags import TAGS
from stayrank_models.heads import build_classifier


def build_tagger(
    backbone: str = "mobilenet",
    classes: int = len(TAGS),
    dropout: float = 0.2,
    **options: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """Build the tagger with random weights: backbone, average pooling, dropout, softmax.

    Args:
        backbone: A key of `stayrank_models.backbones.BACKBONES`.
        classes: Number of areas.
        dropout: Rate before the last layer, in [0, 1).
        **options: `height` and `width` in pixels (224), further arguments of the backbone.

    Returns:
        A Keras model from `(batch, height, width, 3)` uint8 to `(batch, classes)` probabilities.

    Raises:
        ValueError: If there is no such backbone.
    """
    return build_classifier(backbone, classes, dropout, name="tagger", **options)
