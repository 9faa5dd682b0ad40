"""The two phases: the head on features that are computed once, then all layers with a low rate.

Batch normalisation runs in inference mode in both: its statistics come from millions of photos,
and a few thousand of ours would only disturb them. In phase two it is folded into the convolutions,
see `stayrank_models.folding`: without that, no rate both moved the layers and kept what they knew
(docs/experiments.md).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from scipy.special import softmax

from stayrank_common.errors import DatasetError
from stayrank_models.folding import fold, unfold
from stayrank_models.heads import DROPOUT, PROBABILITIES
from stayrank_models.mixed_precision import in_precision
from stayrank_training.checkpoints import Checkpoint
from stayrank_training.examples import AugmentedBatches, Examples
from stayrank_training.optimizing import finetune_optimizer, head_optimizer
from stayrank_training.progress import progress_bar
from stayrank_training.watching import watchers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from stayrank_training.examples import Teach
    from stayrank_training.recipe_parts import Augmentation, Finetune, Head

    Metrics = Sequence[Callable[[], Any]]


def fit_head(
    model: Any,  # noqa: ANN401
    train: Examples,
    val: Examples | None,
    loss: Any,  # noqa: ANN401
    settings: Head,
    *,
    metrics: Metrics = (),
    seed: int,
    checkpoint: Path,
) -> float:
    """Phase one: train the last layer on features.

    A phase that was interrupted goes on with other shuffles than it would have had: Keras draws
    them here. Phase two repeats its own.

    Args:
        model: What `build_classifier` returned; its last layer is trained in place.
        train: Features to learn from.
        val: Features to stop by; without any, all epochs are run and the last one counts.
        loss: A Keras loss.
        settings: Epochs, rates and so on.
        metrics: Classes of Keras metrics, for the curves.
        seed: Of everything random.
        checkpoint: `.npz` to go on from if it is there.

    Returns:
        The best validation loss.
    """
    keras.utils.set_random_seed(seed)
    head, train = head_of(model, seed), train.levelled()
    steps = -(-len(train.inputs) // settings.batch_size)
    head.compile(
        head_optimizer(settings, steps), loss, weighted_metrics=[m() for m in metrics] or None
    )
    arrays = {
        "x": train.inputs,
        "y": train.targets,
        "sample_weight": train.weights,
        "batch_size": settings.batch_size,
    }
    return _fit(head, arrays, val, settings, checkpoint)


def head_of(model: Any, seed: int) -> Any:  # noqa: ANN401
    """The last layer of a model, with its dropout, as a model of features."""
    dense, dropout = model.get_layer(PROBABILITIES), model.get_layer(DROPOUT)
    features = keras.Input(dropout.output.shape[1:])
    dropped = keras.layers.Dropout(dropout.rate, seed=seed)(features)
    return keras.Model(features, dense(dropped), name="head")


def head_probabilities(model: Any, features: NDArray[np.float32]) -> NDArray[np.float32]:  # noqa: ANN401
    """What the model says, from features `(photos, channels)`: `(photos, classes)`."""
    kernel, bias = model.get_layer(PROBABILITIES).get_weights()
    return np.asarray(softmax(features @ kernel + bias, axis=1))


def finetune(
    model: Any,  # noqa: ANN401
    train: Examples,
    val: Examples | None,
    loss: Any,  # noqa: ANN401
    settings: Finetune,
    augmentation: Augmentation,
    *,
    metrics: Metrics = (),
    seed: int,
    checkpoint: Path,
    teach: Teach | None = None,
) -> float:
    """Phase two: train all layers, but batch normalisations and those before `frozen_through`.

    Args:
        model: What `build_classifier` returned, its head trained; trained in place. It keeps its
            weights if no epoch makes it better.
        train: Photos to learn from.
        val: Photos to stop by; without any, all epochs are run and the last one counts.
        loss: A Keras loss.
        settings: Epochs, rates and so on.
        augmentation: What chance changes about photos.
        metrics: Classes of Keras metrics, for the curves.
        seed: Of everything random.
        checkpoint: `.npz` to go on from if it is there.
        teach: Completes the targets of each batch, see `AugmentedBatches`.

    Returns:
        The best validation loss.
    """
    keras.utils.set_random_seed(seed)
    folded, trained = open_model(model, settings)
    batches = AugmentedBatches(
        train.levelled(),
        augmentation,
        batch_size=settings.batch_size,
        seed=seed,
        draws=settings.draws,
        teach=teach,
    )
    optimizer = finetune_optimizer(settings, batches.num_batches)
    trained.compile(optimizer, loss, weighted_metrics=[m() for m in metrics] or None)
    best = _fit(trained, {"x": batches, "shuffle": False}, val, settings, checkpoint)
    folded.set_weights(trained.get_weights())
    unfold(folded, model)
    return best


def open_model(model: Any, settings: Finetune) -> tuple[Any, Any]:  # noqa: ANN401
    """What phase two trains in the place of a model.

    Args:
        model: What `build_classifier` returned; left as it is.
        settings: `precision` and `frozen_through`.

    Returns:
        The model with folded normalisations; and that again in the precision of the machine, with
        the layers that are to learn opened.
    """
    folded = fold(model)
    trained = in_precision(folded, settings.precision)
    open_layers(trained, settings.frozen_through)
    return folded, trained


def open_layers(model: Any, frozen_through: str = "") -> None:  # noqa: ANN401
    """Let all layers learn but batch normalisations, and those before one.

    Args:
        model: A flat Keras model.
        frozen_through: Name of the last layer that stays as it is, with all before it.

    Raises:
        DatasetError: If there is no layer of that name.
    """
    names = [layer.name for layer in model.layers]
    if frozen_through and frozen_through not in names:
        raise DatasetError(f"finetune.frozen_through: the model has no layer {frozen_through!r}")
    first = names.index(frozen_through) + 1 if frozen_through else 0
    for index, layer in enumerate(model.layers):
        kept = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = index >= first and not kept


def _fit(
    model: Any,  # noqa: ANN401
    data: dict[str, Any],
    val: Examples | None,
    settings: Head | Finetune,
    path: Path,
) -> float:
    """Train a compiled model, or go on where it was left; returns the best validation loss."""
    before, judged = math.inf, None
    if val:
        judged = val.levelled().as_tuple
        *arrays, weights = judged
        found = model.evaluate(*arrays, sample_weight=weights, return_dict=True, verbose=0)
        before = float(found["loss"])
    checkpoint = Checkpoint(path, settings.patience)
    done = checkpoint.resume(model)
    if isinstance(data["x"], AugmentedBatches):
        data["x"].begin(done)
    if not checkpoint.finished and not checkpoint.out_of_patience and done < settings.epochs:
        with progress_bar() as bar:
            model.fit(
                **data,
                initial_epoch=done,
                epochs=settings.epochs,
                validation_data=judged,
                callbacks=[checkpoint, *watchers(bar, path, settings.epochs)],
                verbose=0,
            )
    return checkpoint.finish(model, before)
