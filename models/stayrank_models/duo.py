"""Tagger and NIMA on one trunk: both answers for one pass.

The two heads are one dense layer whose outputs are two distributions side by side: the areas (with
the unrelated, if there is such an output), then the ratings 1..10. Whatever takes a classifier with
one dense layer takes this one too: exporting, folding, both runtimes.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from stayrank_common.tags import TAGS
from stayrank_models.heads import build_classifier
from stayrank_models.losses import EarthMoversDistance
from stayrank_models.nima import RATING_COUNT


def build_duo(
    backbone: str = "mobilenet",
    classes: int = len(TAGS),
    dropout: float = 0.2,
    **options: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """Build the model with random weights: backbone, average pooling, dropout, two softmaxes.

    Args:
        backbone: A key of `stayrank_models.backbones.BACKBONES`.
        classes: Number of outputs of the tagger.
        dropout: Rate before the last layer, in [0, 1).
        **options: `height` and `width` in pixels (224), further arguments of the backbone.

    Returns:
        A Keras model from `(batch, height, width, 3)` uint8 to `(batch, classes + 10)`: the
        probabilities of the areas, then a distribution over the ratings.

    Raises:
        ValueError: If there is no such backbone.
    """
    return build_classifier(backbone, (classes, RATING_COUNT), dropout, name="duo", **options)


@keras.saving.register_keras_serializable(package="stayrank")
class DuoLoss(keras.losses.Loss):
    """The tagger's loss and NIMA's, added: cross-entropy and earth mover's distance.

    Args:
        rating_weight: Factor on the distance; a cross-entropy is about ten times as large.
        r: Order of the distance.
        **kwargs: `reduction`, `name` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: `(batch, classes + 10)`: two distributions side by side, each summing to 1.
        y_pred: The same, predicted.

    Returns:
        `(batch,)` losses; Keras applies `reduction` and sample weights.
    """

    def __init__(
        self,
        rating_weight: float = 1.0,
        r: float = 2.0,
        name: str = "duo_loss",
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.rating_weight = rating_weight
        self.distance = EarthMoversDistance(r=r)

    def call(self, y_true: Any, y_pred: Any) -> Any:  # noqa: ANN401 D102
        y_pred = ops.convert_to_tensor(y_pred)
        y_true = ops.cast(y_true, y_pred.dtype)
        tags = keras.losses.categorical_crossentropy(
            y_true[:, :-RATING_COUNT], y_pred[:, :-RATING_COUNT]
        )
        ratings = self.distance.call(y_true[:, -RATING_COUNT:], y_pred[:, -RATING_COUNT:])
        return tags + self.rating_weight * ratings

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        config = {"rating_weight": self.rating_weight, "r": self.distance.r}
        return {**super().get_config(), **config}
