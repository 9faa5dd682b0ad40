"""Tagger and NIMA on one trunk: both answers for little more than one pass.

The two heads are one dense layer whose outputs are two distributions side by side: the areas (with
the unrelated, if there is such an output), then the ratings 1..10. Whatever takes a classifier with
one dense layer takes this one too: exporting, folding, both runtimes.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from stayrank_common.tags import TAGS
from stayrank_models.branching import BOTH, SECOND
from stayrank_models.folding import fold, unfold
from stayrank_models.heads import PROBABILITIES, build_classifier
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
        **options: `height` and `width` in pixels (224), `branch` (the last layer that both answers
            share; by default they share all), further arguments of the backbone.

    Returns:
        A Keras model from `(batch, height, width, 3)` uint8 to `(batch, classes + 10)`: the
        probabilities of the areas, then a distribution over the ratings.

    Raises:
        ValueError: If there is no such backbone or layer.
    """
    return build_classifier(backbone, (classes, RATING_COUNT), dropout, name="duo", **options)


def join(model: Any, tagger: Any, nima: Any) -> None:  # noqa: ANN401
    """Let a model for both answers begin from one of each.

    What both answers share begins as the average of both models, normalisations folded in; behind
    that, each end begins as its own model, and so does each head.

    Args:
        model: What `build_duo` returned; changed in place.
        tagger: A tagger of the same backbone.
        nima: A NIMA model of the same backbone.

    Raises:
        ValueError: If they are of other shapes.

    Reference:
        Wortsman et al., "Model Soups", ICML 2022: models that began alike can be averaged.
    """
    folded, first, second = fold(model), fold(tagger), fold(nima)
    names = {layer.name for layer in folded.layers}
    for layer in folded.layers:
        if not layer.weights:
            continue
        own = layer.name.removesuffix(SECOND)
        of_first, of_second = (each.get_layer(own).get_weights() for each in (first, second))
        if own == PROBABILITIES:
            values = _side_by_side(of_first, of_second, ends=1 + (BOTH in names))
        elif own + SECOND in names:
            values = of_first if layer.name == own else of_second
        else:
            values = [np.mean(pair, axis=0) for pair in zip(of_first, of_second, strict=True)]
        layer.set_weights(values)
    unfold(folded, model)


def _side_by_side(first: list[np.ndarray], second: list[np.ndarray], ends: int) -> list[np.ndarray]:
    """The weights of one dense layer from those of two; of two ends, each sees its own alone."""
    rows, columns = first[0].shape
    kernel = np.zeros((ends * rows, columns + second[0].shape[1]), np.float32)
    kernel[:rows, :columns] = first[0]
    kernel[-rows:, columns:] = second[0]
    return [kernel, np.concatenate([first[1], second[1]])]


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
