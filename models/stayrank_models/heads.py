"""The head that both models share, and the three outputs that are served."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any

import keras
from keras import ops

from stayrank_models.backbones import build_backbone
from stayrank_models.branching import branched, first_channels

if TYPE_CHECKING:
    from collections.abc import Sequence

EMBEDDING = "embedding"
DROPOUT = "dropout"
PROBABILITIES = "probabilities"
OUTPUTS = (PROBABILITIES, EMBEDDING, "feature_map")


@keras.saving.register_keras_serializable(package="stayrank")
class Softmaxes:
    """An activation: several softmaxes side by side, each over its own outputs.

    Args:
        sizes: Number of outputs of each.

    Example:
        >>> probabilities = Softmaxes((2, 1))(np.zeros((1, 3), "float32"))
        >>> keras.ops.convert_to_numpy(probabilities).tolist()
        [[0.5, 0.5, 1.0]]
    """

    def __init__(self, sizes: Sequence[int]) -> None:
        self.sizes = tuple(sizes)

    def __call__(self, logits: Any) -> Any:  # noqa: ANN401
        """`(batch, outputs)` logits to probabilities of the same shape."""
        parts = ops.split(logits, list(accumulate(self.sizes))[:-1], axis=-1)
        return ops.concatenate([ops.softmax(part, axis=-1) for part in parts], axis=-1)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {"sizes": self.sizes}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Softmaxes:
        """Create one from `get_config`."""
        return cls(**config)


def attach_head(
    photo: Any,  # noqa: ANN401
    feature_map: Any,  # noqa: ANN401
    classes: int | tuple[int, ...],
    dropout: float,
    name: str,
) -> Any:  # noqa: ANN401
    """Put average pooling, dropout and a softmax layer on a backbone.

    Args:
        photo: The input of the backbone.
        feature_map: `(batch, rows, columns, channels)`: its output.
        classes: Number of outputs; of several distributions side by side, the number of each.
        dropout: Rate before the last layer, in [0, 1).
        name: Of the model.

    Returns:
        A Keras model from photos to `(batch, classes)` probabilities.
    """
    pooled = keras.layers.GlobalAveragePooling2D(name=EMBEDDING)(feature_map)
    dropped = keras.layers.Dropout(dropout, name=DROPOUT)(pooled)
    parts = (classes,) if isinstance(classes, int) else classes
    activation = "softmax" if len(parts) == 1 else Softmaxes(parts)
    dense = keras.layers.Dense(sum(parts), activation=activation, name=PROBABILITIES)
    return keras.Model(photo, dense(dropped), name=name)


def build_classifier(
    backbone: str,
    classes: int | tuple[int, ...],
    dropout: float,
    *,
    height: int = 224,
    width: int = 224,
    name: str = "classifier",
    branch: str = "",
    **options: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """Build a backbone with a head, both with random weights.

    Args:
        backbone: A key of `BACKBONES`.
        classes: Number of outputs; of several distributions side by side, the number of each.
        dropout: Rate before the last layer, in [0, 1).
        height: Of the input in pixels.
        width: Of the input in pixels.
        name: Of the model.
        branch: Name of the last layer that two distributions share; what comes behind it is built
            for each of them, see `branched`. By default all is shared.
        **options: Further arguments of the Keras constructor of the backbone.

    Returns:
        A Keras model from `(batch, height, width, 3)` uint8 to `(batch, classes)` probabilities.

    Raises:
        ValueError: If there is no such backbone or layer.
    """
    photo, feature_map = build_backbone(backbone, height, width, **options)
    if branch:
        feature_map = branched(photo, feature_map, branch)
    return attach_head(photo, feature_map, classes, dropout, name)


def serving_model(model: Any) -> Any:  # noqa: ANN401
    """The same layers with the outputs `probabilities`, `embedding` and `feature_map`.

    Dropout is left out of the graph: it does nothing when serving, and its random seed would
    become a weight of the saved file. The embedding is that of the first end, where there are two:
    photos that show the same are told by what they show.

    Args:
        model: What `build_classifier` returned; its weights are shared, not copied.

    Returns:
        A Keras model from photos to a dictionary of `(batch, classes)`, `(batch, channels)` and
        `(batch, rows, columns, channels)`, all float32.
    """
    pooling = model.get_layer(EMBEDDING)
    embedding = pooling.output
    probabilities = model.get_layer(PROBABILITIES)(embedding)
    if channels := first_channels(model):
        embedding = embedding[:, :channels]
    outputs = dict(zip(OUTPUTS, (probabilities, embedding, pooling.input), strict=True))
    return keras.Model(model.input, outputs, name=f"{model.name}_serving")


def embedding_model(model: Any) -> Any:  # noqa: ANN401
    """The part from photos to the pooled last feature map, `(batch, channels)`."""
    return keras.Model(model.input, model.get_layer(EMBEDDING).output, name="embedding_model")
