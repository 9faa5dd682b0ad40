"""Batches of photos for training all layers, changed a little each time they are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras
import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray


def random_crop(
    photo: NDArray[np.uint8], share: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Cut a random part off each edge and stretch the rest to the old size.

    Args:
        photo: `(height, width, 3)` uint8.
        share: At most this share of the height, and of the width, goes.
        rng: Where chance comes from.

    Returns:
        `(height, width, 3)` uint8.
    """
    height, width = photo.shape[:2]
    left, right = _margins(width * share, rng)
    top, bottom = _margins(height * share, rng)
    box = (left, top, width - right, height - bottom)
    image = Image.fromarray(photo).resize((width, height), Image.Resampling.BILINEAR, box=box)
    return np.asarray(image)


def _margins(most: float, rng: np.random.Generator) -> tuple[float, float]:
    """Two lengths that add up to at most `most`."""
    both = rng.uniform(0, most)
    first = rng.uniform(0, both)
    return first, both - first


class AugmentedBatches(keras.utils.PyDataset):
    """Shuffled batches; half of the photos mirrored, all of them cropped at random.

    Mirroring keeps both what a photo shows and how it is liked. Nothing changes colours, contrast
    or sharpness: these are what an aesthetic rating is about.

    Args:
        pixels: `(photos, height, width, 3)` uint8.
        targets: `(photos, classes)` float32.
        weights: `(photos,)` float32, how much each counts.
        batch_size: Photos a batch; the last one may be smaller.
        crop: Share of the height and of the width that a crop may cut off.
        seed: Of everything random here. The same seed gives the same batches.
    """

    def __init__(
        self,
        pixels: NDArray[np.uint8],
        targets: NDArray[np.float32],
        weights: NDArray[np.float32],
        *,
        batch_size: int,
        crop: float,
        seed: int,
    ) -> None:
        super().__init__()
        self._arrays = (pixels, targets, weights)
        self._batch_size = batch_size
        self._crop = crop
        self._rng = np.random.default_rng(seed)
        self._order = self._rng.permutation(len(pixels))

    @property
    def num_batches(self) -> int:
        """Batches an epoch."""
        return -(-len(self._order) // self._batch_size)

    def __getitem__(
        self, index: int
    ) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.float32]]:
        pixels, targets, weights = self._arrays
        chosen = self._order[index * self._batch_size : (index + 1) * self._batch_size]
        return self._changed(pixels[chosen]), targets[chosen], weights[chosen]

    def on_epoch_end(self) -> None:
        """Shuffle anew."""
        self._rng.shuffle(self._order)

    def _changed(self, batch: NDArray[np.uint8]) -> NDArray[np.uint8]:
        mirrored = self._rng.random(len(batch)) < 0.5
        batch[mirrored] = batch[mirrored, :, ::-1]
        if self._crop:
            batch = np.stack([random_crop(photo, self._crop, self._rng) for photo in batch])
        return batch
