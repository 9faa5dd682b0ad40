"""What a model learns from: arrays, and shuffled batches of changed photos."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from stayrank_training.augmentation import augment

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from stayrank_training.recipe_parts import Augmentation

    Batch = tuple[NDArray[Any], NDArray[np.float32], NDArray[np.float32]]
    # Changed photos and what labels say of them → what to answer.
    Teach = Callable[[NDArray[np.uint8], NDArray[np.float32]], NDArray[np.float32]]

# Pillow lets go of the interpreter lock; the model keeps the other cores busy.
_WORKERS = 2


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
    def as_tuple(self) -> Batch:
        """As Keras takes validation data."""
        return self.inputs, self.targets, self.weights

    def chosen(self, mask: NDArray[np.bool_]) -> Examples:
        """Those of the photos for which `mask`, `(photos,)`, is true."""
        return Examples(self.inputs[mask], self.targets[mask], self.weights[mask])

    def levelled(self) -> Examples:
        """The same with weights of mean 1: losses can be compared, and so can clipped gradients."""
        return Examples(self.inputs, self.targets, self.weights / self.weights.mean())


class AugmentedBatches(keras.utils.PyDataset):
    """Shuffled batches of photos, each changed at random.

    Batch `i` of epoch `e` depends on the seed, `e` and `i` alone: not on how many threads prepare
    batches, nor on whether training was interrupted in between.

    Args:
        examples: Photos, targets, weights.
        augmentation: What may change.
        batch_size: Photos a batch; the last one may be smaller.
        seed: Of everything random here.
        draws: Photos an epoch, drawn with probabilities like their weights (which then no longer
            count in the loss); 0 takes each once.
        teach: Completes the targets of a batch by what teachers say of its changed photos.
    """

    def __init__(
        self,
        examples: Examples,
        augmentation: Augmentation,
        *,
        batch_size: int,
        seed: int,
        draws: int = 0,
        teach: Teach | None = None,
    ) -> None:
        super().__init__(workers=_WORKERS, max_queue_size=2 * _WORKERS)
        self._examples = examples
        self._augmentation = augmentation
        self._batch_size = batch_size
        self._seed = seed
        self._draws = draws
        self._teach = teach
        self.begin(0)

    @property
    def num_batches(self) -> int:
        """Batches an epoch."""
        return -(-len(self._order) // self._batch_size)

    def begin(self, epoch: int) -> None:
        """Shuffle as for an epoch, counted from 0."""
        self._epoch = epoch
        rng = np.random.default_rng([self._seed, epoch])
        photos = len(self._examples.weights)
        if self._draws:
            shares = self._examples.weights.astype(np.float64)
            self._order = rng.choice(photos, self._draws, p=shares / shares.sum())
        else:
            self._order = rng.permutation(photos)

    def on_epoch_end(self) -> None:
        """Shuffle anew."""
        self.begin(self._epoch + 1)

    def __getitem__(self, index: int) -> Batch:
        rng = np.random.default_rng([self._seed, self._epoch, index])
        chosen = self._order[index * self._batch_size : (index + 1) * self._batch_size]
        pixels, targets, weights = self._examples.as_tuple
        batch = np.stack([augment(photo, self._augmentation, rng) for photo in pixels[chosen]])
        answers = targets[chosen]
        mine = np.ones(len(chosen), np.float32) if self._draws else weights[chosen]
        if self._augmentation.mixup:
            batch, answers, mine = _mixed(batch, answers, mine, self._augmentation.mixup, rng)
        if self._teach:
            answers = self._teach(batch, answers)
        return batch, answers, mine


def _mixed(
    pixels: NDArray[np.uint8],
    targets: NDArray[np.float32],
    weights: NDArray[np.float32],
    alpha: float,
    rng: np.random.Generator,
) -> Batch:
    """Each photo and its target mixed with those of another one of the batch.

    Reference:
        Zhang et al., "mixup: Beyond Empirical Risk Minimization", ICLR 2018, equation 2.
    """
    share, other = np.float32(rng.beta(alpha, alpha)), rng.permutation(len(pixels))
    return (
        (share * pixels + (1 - share) * pixels[other]).round().astype(np.uint8),
        share * targets + (1 - share) * targets[other],
        share * weights + (1 - share) * weights[other],
    )
