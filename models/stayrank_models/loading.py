"""Models from artifacts and from starting points: built in code, weights assigned strictly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from stayrank_common.errors import ArtifactError, WeightsError
from stayrank_models.artifacts import WEIGHTS, Artifact, find
from stayrank_models.backbones import BACKBONES
from stayrank_models.duo import join
from stayrank_models.heads import PROBABILITIES, build_classifier
from stayrank_models.tensors import assign, numbered_names, read_tensors
from stayrank_models.weights import AND, RANDOM, pretrained_tensors

if TYPE_CHECKING:
    from stayrank_models.manifests import Manifest
    from stayrank_models.tensors import Tensors

# What idealo's file calls the layer that is `probabilities` here.
_IDEALO_HEAD = "dense_1"


def build(manifest: Manifest) -> Any:  # noqa: ANN401
    """Build the architecture that a manifest names, with random weights.

    Raises:
        ArtifactError: If it names a backbone that is not known, or options that it does not take.
    """
    architecture = manifest.architecture
    if architecture.backbone not in BACKBONES:
        raise ArtifactError(
            f"the model {manifest.name} wants the backbone {architecture.backbone!r}; "
            f"there are: {', '.join(BACKBONES)}"
        )
    try:
        return build_classifier(
            architecture.backbone,
            manifest.distributions,
            architecture.dropout,
            height=manifest.preprocessing.height,
            width=manifest.preprocessing.width,
            name=manifest.task,
            branch=architecture.branch,
            **architecture.options,
        )
    except (TypeError, ValueError) as error:  # what Keras says to an option that it cannot take
        raise ArtifactError(f"the model {manifest.name} cannot be built: {error}") from error


def load_model(artifact: Artifact) -> Any:  # noqa: ANN401
    """Build an artifact's model and load its checked weights.

    Returns:
        A Keras model from `(batch, height, width, 3)` uint8 to `(batch, classes)` probabilities.

    Raises:
        ArtifactError: If the weights file is missing or altered.
        WeightsError: If its tensors do not fit the architecture.
    """
    model = build(artifact.manifest)
    try:
        assign(model, read_tensors(artifact.read(WEIGHTS)))
    except WeightsError as error:
        raise WeightsError(f"{artifact.folder / WEIGHTS}: {error}") from error
    return model


def load_start(model: Any, key: str, seed: int = 0) -> None:  # noqa: ANN401
    """Put a starting point into a model.

    The head keeps its random values where the starting point has none of the same shape.

    Args:
        model: What `build_classifier` returned.
        key: A key of `stayrank_models.weights.CATALOGUE`, an installed model, or `random`. For
            a model for both answers: an installed tagger and a NIMA model, with `+` between.
        seed: Of `random`.

    Raises:
        WeightsError: If the weights cannot be obtained, or do not fit the backbone.
    """
    if AND in key:
        try:
            join(model, *(load_model(find(each)) for each in key.split(AND)))
        except (ArtifactError, TypeError, ValueError) as error:
            raise WeightsError(f"the weights {key!r}: {error}") from error
        return
    if key == RANDOM:
        settle_normalisations(model, seed)
        return
    tensors = pretrained_tensors(key)
    try:
        assign_start(model, tensors)
    except WeightsError as error:
        raise WeightsError(f"the weights {key!r}: {error}") from error


def assign_start(model: Any, tensors: Tensors) -> None:  # noqa: ANN401
    """Put tensors into a model whose head may keep its random values.

    Args:
        model: What `build_classifier` returned.
        tensors: Of a backbone, with or without a head; one of another shape is left out.

    Raises:
        WeightsError: If they do not fit the backbone.
    """
    tensors = dict(tensors)
    name = PROBABILITIES if _IDEALO_HEAD in tensors else numbered_names(model)[PROBABILITIES]
    head = tensors.pop(_IDEALO_HEAD, None) or tensors.pop(name, None)
    tensors = _named_by_order(model, tensors)
    skip = frozenset({PROBABILITIES})
    places = [tuple(variable.shape) for variable in model.get_layer(PROBABILITIES).weights]
    if head and [value.shape for value in head] == places:
        tensors[name] = head
        skip = frozenset()
    assign(model, tensors, skip)


def settle_normalisations(model: Any, seed: int) -> None:  # noqa: ANN401
    """Let the batch normalisations of a random model see plain colours, layer after layer.

    As built they pass everything on as it is, and the features of a deep network fade to 1e-18.

    Args:
        model: What `build_classifier` returned.
        seed: Of the colours.

    Reference:
        Krähenbühl et al., "Data-dependent Initializations of Convolutional Neural Networks",
        ICLR 2016.
    """
    rng = np.random.default_rng(seed)
    height, width = model.input_shape[1:3]
    colours = rng.integers(0, 256, (64, 1, 1, 3)) + rng.normal(0, 20, (64, height, width, 3))
    layers = [x for x in model.layers if isinstance(x, keras.layers.BatchNormalization)]
    momenta = [layer.momentum for layer in layers]
    for layer in layers:
        layer.momentum = 0.0
    model(colours.clip(0, 255).astype(np.uint8), training=True)
    for layer, momentum in zip(layers, momenta, strict=True):
        layer.momentum = momentum


def _named_by_order(model: Any, tensors: Tensors) -> Tensors:  # noqa: ANN401
    """The tensors under our layers' names, where older Keras versions called these otherwise.

    Keras itself goes by the order of layers when it loads such a file. The shapes are compared
    in any case.
    """
    names = [x.name for x in model.layers if x.weights and x.name != PROBABILITIES]
    strangers = tensors.keys() - {*names, *numbered_names(model).values()}
    if not strangers or len(names) != len(tensors):
        return tensors
    return dict(zip(names, tensors.values(), strict=True))
