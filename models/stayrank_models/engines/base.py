"""What a runtime must do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Outputs:
    """What a model says about a batch of photos.

    Args:
        probabilities: `(batch, classes)` float32; each row sums to 1.
        embedding: `(batch, channels)` float32: the last feature map, averaged over the photo.
        feature_map: `(batch, rows, columns, channels)` float32, where it was asked for.
    """

    probabilities: NDArray[np.float32]
    embedding: NDArray[np.float32]
    feature_map: NDArray[np.float32] | None = None


class Engine(Protocol):
    """Runs one model. Safe to call from several threads at the same time."""

    @property
    def description(self) -> dict[str, str]:
        """`runtime`, `version`, `device`, `precision` and `why` that one, for `GET /model`.

        `fallback` says, where that is so, why it answers in the place of what was asked for.
        """
        ...

    @property
    def batch_size(self) -> int:
        """How many photos a call takes best: 1 where batching does not pay."""
        ...

    def predict(self, batch: NDArray[np.uint8], *, feature_map: bool = False) -> Outputs:
        """Run the model.

        Args:
            batch: `(batch, height, width, 3)` uint8 sRGB of the size that the artifact states.
            feature_map: Whether to return the last feature map as well.

        Returns:
            The outputs, one row a photo.
        """
        ...

    def channel_weights(
        self, feature_maps: NDArray[np.float32], directions: NDArray[np.floating]
    ) -> NDArray[np.float32]:
        """What each channel of the last feature map means for an answer.

        Args:
            feature_maps: `(batch, rows, columns, channels)`, as `predict` returned them.
            directions: `(batch, classes)` in the space of logits, each row summing to 0; see
                `stayrank_models.explain`.

        Returns:
            `(batch, channels)` gradients, summed over the places.

        Raises:
            ExplanationError: If this runtime cannot tell for the head of this model.
        """
        ...
