"""A slower exact engine in the place of one that could not be opened, which says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from stayrank_models.engines.base import Engine, Outputs


class FallbackEngine:
    """Answers like the engine that it is given, and tells why that one runs.

    Args:
        engine: What answers.
        reason: Why what was asked for does not.
    """

    def __init__(self, engine: Engine, reason: str) -> None:
        self._engine = engine
        self._reason = reason

    @property
    def description(self) -> dict[str, str]:
        """Of the engine that answers, and the reason as `fallback`."""
        return {**self._engine.description, "fallback": self._reason}

    @property
    def batch_size(self) -> int:
        """Of the engine that answers."""
        return self._engine.batch_size

    def predict(self, batch: NDArray[np.uint8], *, feature_map: bool = False) -> Outputs:
        """Run the model; see `Engine.predict`."""
        return self._engine.predict(batch, feature_map=feature_map)

    def channel_weights(
        self, feature_maps: NDArray[np.float32], directions: NDArray[np.floating]
    ) -> NDArray[np.float32]:
        """What each channel means; see `Engine.channel_weights`."""
        return self._engine.channel_weights(feature_maps, directions)
