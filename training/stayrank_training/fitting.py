"""Two phases: the head on features that are computed once, then all layers with a low rate.

Batch normalisation runs in inference mode in both: its statistics come from millions of photos,
and a few thousand of ours would only disturb them. Its scale and shift stay as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from stayrank_models.heads import DROPOUT, PROBABILITIES
from stayrank_training.augmentation import AugmentedBatches

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from stayrank_training.recipe import Finetune, Head

VAL_LOSS = "val_loss"


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """What to learn from, or to judge by.

    Args:
        inputs: `(photos, channels)` float32 features, or `(photos, height, width, 3)` uint8.
        targets: `(photos, classes)` float32, each row summing to 1.
        weights: `(photos,)` float32, how much each counts.
    """

    inputs: NDArray[Any]
    targets: NDArray[np.float32]
    weights: NDArray[np.float32]

    @property
    def as_tuple(self) -> tuple[NDArray[Any], NDArray[np.float32], NDArray[np.float32]]:
        """As Keras takes validation data."""
        return self.inputs, self.targets, self.weights

    def chosen(self, mask: NDArray[np.bool_]) -> Examples:
        """Those of the photos for which `mask`, `(photos,)`, is true."""
        return Examples(self.inputs[mask], self.targets[mask], self.weights[mask])


def fit_head(
    model: Any,  # noqa: ANN401
    train: Examples,
    val: Examples,
    loss: Any,  # noqa: ANN401
    settings: Head,
    *,
    seed: int,
) -> float:
    """Phase one: train the last layer on features.

    Args:
        model: What `build_classifier` returned; its last layer is trained in place.
        train: Features to learn from.
        val: Features to stop by.
        loss: A Keras loss.
        settings: Epochs, rates and so on.
        seed: Of everything random.

    Returns:
        The best validation loss.
    """
    keras.utils.set_random_seed(seed)
    dense = model.get_layer(PROBABILITIES)
    features = keras.Input(train.inputs.shape[1:])
    dropped = keras.layers.Dropout(model.get_layer(DROPOUT).rate, seed=seed)(features)
    head = keras.Model(features, dense(dropped), name="head")
    optimizer = keras.optimizers.AdamW(settings.learning_rate, settings.weight_decay)
    head.compile(optimizer=optimizer, loss=loss)
    history = head.fit(
        *train.as_tuple[:2],
        sample_weight=train.weights,
        batch_size=settings.batch_size,
        epochs=settings.epochs,
        validation_data=val.as_tuple,
        callbacks=[_stopping(settings.patience)],
        verbose=0,
    )
    return float(min(history.history[VAL_LOSS]))


def cross_fit_head(
    model: Any,  # noqa: ANN401
    plain: Examples,
    mirrored: NDArray[np.float32],
    folds: NDArray[np.intp],
    loss: Any,  # noqa: ANN401
    settings: Head,
    *,
    seed: int,
) -> NDArray[np.float32]:
    """Phase one in turns: as many heads as folds, each stopped by a fold that it did not see.

    The last layer becomes the average of the heads, which averages their logits, and has seen
    every photo. What each head says about its own fold is an honest base for calibration.

    Args:
        model: What `build_classifier` returned; its last layer is trained in place.
        plain: Features.
        mirrored: `(photos, channels)`: those of the mirrored photos.
        folds: `(photos,)` number of the fold of each photo; −1 is learnt from by every head.
        loss: A Keras loss.
        settings: Epochs, rates and so on.
        seed: Of everything random.

    Returns:
        `(photos, classes)` out-of-fold probabilities; zeros where the fold is −1. A photo that
        weighs 0 is not learnt from, but judged.
    """
    dense = model.get_layer(PROBABILITIES)
    start, heads = dense.get_weights(), []
    judged = np.zeros_like(plain.targets)
    for fold in sorted(set(folds[folds >= 0].tolist())):
        mine = folds == fold
        learnt = ~mine & (plain.weights > 0)
        stop = mine & (plain.weights > 0)
        dense.set_weights(start)
        fit_head(
            model, both_ways(plain, mirrored, learnt), plain.chosen(stop), loss, settings, seed=seed
        )
        heads.append(dense.get_weights())
        judged[mine] = head_probabilities(model, plain.inputs[mine])
    dense.set_weights([np.mean(values, axis=0) for values in zip(*heads, strict=True)])
    return judged


def both_ways(plain: Examples, mirrored: NDArray[np.float32], mask: NDArray[np.bool_]) -> Examples:
    """The chosen photos as they are and mirrored, one after the other."""
    chosen = plain.chosen(mask)
    return Examples(
        np.concatenate([chosen.inputs, mirrored[mask]]),
        np.concatenate([chosen.targets] * 2),
        np.concatenate([chosen.weights] * 2),
    )


def head_probabilities(model: Any, features: NDArray[np.float32]) -> NDArray[np.float32]:  # noqa: ANN401
    """What the model says, from features `(photos, channels)`: `(photos, classes)`."""
    kernel, bias = model.get_layer(PROBABILITIES).get_weights()
    logits = features @ kernel + bias
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def finetune(
    model: Any,  # noqa: ANN401
    train: Examples,
    val: Examples,
    loss: Any,  # noqa: ANN401
    settings: Finetune,
    *,
    seed: int,
    checkpoint: Path,
    verbose: int = 2,
) -> float:
    """Phase two: train all layers but those that `freeze_fragile_layers` names.

    Args:
        model: What `build_classifier` returned, its head trained; trained in place. It keeps its
            weights if no epoch makes it better.
        train: Photos to learn from.
        val: Photos to stop by.
        loss: A Keras loss.
        settings: Epochs, rates and so on.
        seed: Of everything random.
        checkpoint: A `.weights.h5` file to keep the best weights in while it runs.
        verbose: As in `keras.Model.fit`.

    Returns:
        The best validation loss.
    """
    keras.utils.set_random_seed(seed)
    freeze_fragile_layers(model)
    batches = AugmentedBatches(
        *train.as_tuple, batch_size=settings.batch_size, crop=settings.crop, seed=seed
    )
    steps = settings.epochs * batches.num_batches
    # Adam's first steps are as long as its rate, whatever the gradient: from a standing start
    # they undo what the head has learnt. One epoch of rising rates avoids it.
    rate = keras.optimizers.schedules.CosineDecay(
        0.0,
        max(steps - batches.num_batches, 1),
        warmup_target=settings.learning_rate,
        warmup_steps=batches.num_batches,
    )
    # Without live batch normalisation a step shifts all outputs together; judging the average of
    # an epoch's steps rather than the last one takes that noise out.
    optimizer = keras.optimizers.AdamW(
        rate,
        settings.weight_decay,
        use_ema=True,
        ema_momentum=1 - 2 / max(batches.num_batches, 2),
        ema_overwrite_frequency=batches.num_batches,
    )
    model.compile(optimizer=optimizer, loss=loss)
    before = float(model.evaluate(*val.as_tuple[:2], sample_weight=val.weights, verbose=0))
    start = model.get_weights()
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    keep_best = keras.callbacks.ModelCheckpoint(
        str(checkpoint), monitor=VAL_LOSS, save_best_only=True, save_weights_only=True
    )
    history = model.fit(
        batches,
        epochs=settings.epochs,
        validation_data=val.as_tuple,
        callbacks=[_stopping(settings.patience), keep_best],
        verbose=verbose,
    )
    best = float(min(history.history[VAL_LOSS]))
    if best >= before:
        model.set_weights(start)
    return min(best, before)


def freeze_fragile_layers(model: Any) -> None:  # noqa: ANN401
    """Keep batch normalisations in inference mode, and depthwise kernels as they are.

    A depthwise kernel has nine weights a channel, and the frozen normalisation behind it divides by
    a small deviation: steps of Adam's size there shift whole channels. With them trained, no epoch
    of NIMA ever beat its head (validation EMD 0.18); without, it falls to 0.11.
    """
    fragile = (keras.layers.BatchNormalization, keras.layers.DepthwiseConv2D)
    for layer in model.layers:
        if isinstance(layer, fragile):
            layer.trainable = False


def _stopping(patience: int) -> Any:  # noqa: ANN401
    return keras.callbacks.EarlyStopping(
        monitor=VAL_LOSS, patience=patience, restore_best_weights=True
    )
