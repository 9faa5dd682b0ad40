"""Tagger and NIMA on one trunk: both answers for little more than one pass.

The two heads are one dense layer whose outputs are two distributions side by side: the areas (with
the unrelated, if there is such an output), then the ratings 1..10. Whatever takes a classifier with
one dense layer takes this one too: exporting, folding, both runtimes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from stayrank_common.errors import ArtifactError
from stayrank_common.tags import TAGS
from stayrank_models.branching import SECOND
from stayrank_models.heads import PROBABILITIES, build_classifier
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
    """Let a model with two ends answer as two models do that begin alike.

    Args:
        model: What `build_duo` returned, with a `branch`; changed in place.
        tagger: A tagger of the same backbone: the beginning, and the first end.
        nima: A NIMA model of the same backbone: the second end.

    Raises:
        ArtifactError: If a layer that is to be shared is not the same in both.
    """
    names = {layer.name for layer in model.layers}
    for layer in model.layers:
        own = layer.name.removesuffix(SECOND)
        if layer.name == PROBABILITIES:
            layer.set_weights(_side_by_side(tagger.get_layer(own), nima.get_layer(own)))
        elif layer.name != own:
            layer.set_weights(nima.get_layer(own).get_weights())
        elif layer.weights:
            weights, other = (m.get_layer(own).get_weights() for m in (tagger, nima))
            if own + SECOND not in names and not all(map(np.array_equal, weights, other)):
                raise ArtifactError(f"the layer {own!r} is to be shared, and is not the same")
            layer.set_weights(weights)


def _side_by_side(*heads: Any) -> list[np.ndarray]:  # noqa: ANN401
    """The weights of one dense layer in which each head sees its own channels alone."""
    (first, second), biases = zip(*(head.get_weights() for head in heads), strict=True)
    kernel = np.zeros(np.add(first.shape, second.shape), np.float32)
    kernel[: first.shape[0], : first.shape[1]] = first
    kernel[first.shape[0] :, first.shape[1] :] = second
    return [kernel, np.concatenate(biases)]
