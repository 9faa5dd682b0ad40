"""A teacher that looks on: it is asked about every view of a photo that its pupil sees.

Reference:
    Beyer et al., "Knowledge Distillation: A Good Teacher Is Patient and Consistent", CVPR 2022.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stayrank_models.engines import Engine

_BATCH = 16


@dataclass(frozen=True, slots=True)
class Onlooker:
    """What a model says of photos, for another one to learn.

    Args:
        engine: Runs it.
    """

    engine: Engine

    def ask(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """What it says of photos `(photos, height, width, 3)`: `(photos, classes)`."""
        parts = [pixels[start : start + _BATCH] for start in range(0, len(pixels), _BATCH)]
        with ThreadPoolExecutor() as pool:
            said = pool.map(lambda part: self.engine.predict(part).probabilities, parts)
            return np.concatenate(list(said))

    def complete(
        self, pixels: NDArray[np.uint8], targets: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Fill targets up to a sum of 1 by what it says of the very photos.

        Args:
            pixels: `(photos, height, width, 3)` uint8.
            targets: `(photos, classes)`, what labels say: each sums to at most 1.
        """
        return completed(targets, self.ask(pixels))


def completed(targets: NDArray[np.float32], said: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fill targets up to a sum of 1 by what a teacher said; both `(photos, classes)`."""
    left = 1 - targets.sum(axis=1, keepdims=True)
    return np.asarray(targets + left * said, np.float32)
