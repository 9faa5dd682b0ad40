"""One of the answers of a model that gives several."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stayrank_models.engines.base import Engine, Outputs


def part_of(outputs: Outputs, sizes: Sequence[int], index: int) -> Outputs:
    """Outputs with one of several distributions alone.

    Args:
        outputs: Of the whole model.
        sizes: How many columns of the probabilities each distribution has.
        index: Which one.
    """
    start = sum(sizes[:index])
    columns = outputs.probabilities[:, start : start + sizes[index]]
    return replace(outputs, probabilities=columns)


class PartEngine:
    """Runs an engine and passes on one of its answers.

    Args:
        whole: Gives all answers.
        sizes: How many columns of the probabilities each distribution has.
        index: Which one to pass on.
    """

    def __init__(self, whole: Engine, sizes: Sequence[int], index: int) -> None:
        self._whole, self._sizes, self._index = whole, sizes, index

    @property
    def description(self) -> dict[str, str]:
        """See `Engine.description`."""
        return self._whole.description

    @property
    def batch_size(self) -> int:
        """See `Engine.batch_size`."""
        return self._whole.batch_size

    def predict(self, batch: NDArray[np.uint8], *, feature_map: bool = False) -> Outputs:
        """See `Engine.predict`."""
        outputs = self._whole.predict(batch, feature_map=feature_map)
        return part_of(outputs, self._sizes, self._index)

    def channel_weights(
        self, feature_maps: NDArray[np.float32], directions: NDArray[np.floating]
    ) -> NDArray[np.float32]:
        """See `Engine.channel_weights`; in the other distributions a direction is 0."""
        before = sum(self._sizes[: self._index])
        behind = sum(self._sizes[self._index + 1 :])
        padded = np.pad(directions, ((0, 0), (before, behind)))
        return self._whole.channel_weights(feature_maps, padded)
