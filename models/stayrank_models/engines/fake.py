"""An engine without a model, for tests and for trying the services without weights."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from stayrank_common.images import Preprocessing
from stayrank_common.tags import TAGS
from stayrank_models.artifacts import CARD, MANIFEST, Artifact
from stayrank_models.engines.base import Outputs
from stayrank_models.manifests import (
    RATING_LABELS,
    AestheticCalibration,
    Architecture,
    Manifest,
    TaggingCalibration,
)

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from stayrank_models.manifests import Task


class FakeEngine:
    """Answers by colour: the same picture always gets the same answer, another one another.

    Args:
        classes: How many outputs to make, for each distribution.
    """

    def __init__(self, *classes: int) -> None:
        self._classes = classes

    @property
    def description(self) -> dict[str, str]:
        """Says that this is no model."""
        return {
            "runtime": "fake",
            "version": "1",
            "device": "none",
            "precision": "none",
            "why": "there is no model",
        }

    @property
    def batch_size(self) -> int:
        """Four, so that tests see both full and partial batches."""
        return 4

    def predict(self, batch: NDArray[np.uint8], *, feature_map: bool = False) -> Outputs:
        """Derive every output from the mean colour of each quarter of the photo."""
        rows, columns = batch.shape[1] // 2, batch.shape[2] // 2
        quarters = [
            batch[:, y : y + rows, x : x + columns].mean(axis=(1, 2)) / 255
            for y in (0, rows)
            for x in (0, columns)
        ]
        maps = np.stack(quarters, axis=1).reshape(len(batch), 2, 2, 3).astype(np.float32)
        embedding = maps.reshape(len(batch), -1)
        # Row by row: a product of matrices rounds by how many rows there are.
        logits = np.stack([row @ self._kernel() for row in embedding])
        parts = np.split(
            np.exp(logits - logits.max(axis=1, keepdims=True)),
            np.cumsum(self._classes)[:-1],
            axis=1,
        )
        odds = np.concatenate([part / part.sum(axis=1, keepdims=True) for part in parts], axis=1)
        return Outputs(odds.astype(np.float32), embedding, maps if feature_map else None)

    def channel_weights(
        self, feature_maps: NDArray[np.float32], directions: NDArray[np.floating]
    ) -> NDArray[np.float32]:
        """The gradient is the kernel, which here has weights of its own for each quarter."""
        by_quarter = directions @ self._kernel().T
        by_colour = by_quarter.reshape(len(feature_maps), 4, 3).sum(axis=1)
        return np.asarray(by_colour, dtype=np.float32)

    def _kernel(self) -> NDArray[np.float32]:
        """`(12, classes)`: three colours of four quarters each."""
        angles = np.outer(np.arange(1, 13), np.arange(1, sum(self._classes) + 1))
        return np.cos(angles).astype(np.float32)


def fake_artifact(folder: Path, task: Task) -> Artifact:
    """Write the artifact of a model that is none, to go with a `FakeEngine`.

    Args:
        folder: An existing folder.
        task: What the model would be for.
    """
    card = b"# No model\n\nMade up for tests.\n"
    (folder / CARD).write_bytes(card)
    ratings = AestheticCalibration(percentiles=tuple(1 + 9 * i / 100 for i in range(101)))
    aesthetics = task == "aesthetics"
    manifest = Manifest(
        name=f"fake-{task}",
        version="0.0.0",
        task=task,
        architecture=Architecture(backbone="mobilenet", dropout=0),
        labels=RATING_LABELS if aesthetics else TAGS,
        preprocessing=Preprocessing(width=32, height=32),
        calibration=ratings if aesthetics else TaggingCalibration(threshold=0.2),
        rating_calibration=ratings if task == "duo" else None,
        files={CARD: hashlib.sha256(card).hexdigest()},
        license="Apache-2.0",
        training={},
        metrics={},
    )
    (folder / MANIFEST).write_text(manifest.model_dump_json(), encoding="utf-8")
    return Artifact(folder)
