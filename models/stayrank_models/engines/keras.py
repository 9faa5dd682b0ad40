"""Keras on whatever backend and device it runs: for GPUs, and for machines without OpenVINO."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from stayrank_common.errors import ConfigurationError
from stayrank_models.engines.base import Outputs
from stayrank_models.gradcam import channel_weights
from stayrank_models.heads import PROBABILITIES, serving_model
from stayrank_models.loading import load_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stayrank_models.artifacts import Artifact

_BATCH = 32


class KerasEngine:
    """Runs an artifact's Keras model in float32.

    Args:
        artifact: Its file `model.weights.h5` is read and checked.
        needs_gpu: Whether to refuse any other device, which would answer too, only slowly.

    Raises:
        ConfigurationError: If a GPU is needed and there is none.
        ArtifactError: If the file is missing or altered.
        WeightsError: If its tensors do not fit the architecture.
    """

    def __init__(self, artifact: Artifact, *, needs_gpu: bool = False) -> None:
        if needs_gpu and not keras.distribution.list_devices("gpu"):
            raise ConfigurationError(
                f"the runtime keras-gpu needs a GPU, and {keras.backend.backend()} finds none; "
                "give the container one, with its driver, or choose the runtime auto"
            )
        self._model = serving_model(load_model(artifact))
        outputs = self._model.output
        self._head = keras.Model(outputs["feature_map"], outputs[PROBABILITIES], name="head")
        self._lock = threading.Lock()

    @property
    def description(self) -> dict[str, str]:
        """Runtime with its backend, version, device and precision."""
        devices = keras.distribution.list_devices()
        return {
            "runtime": f"keras ({keras.backend.backend()})",
            "version": keras.__version__,
            "device": str(devices[0]) if devices else "unknown",
            "precision": "f32",
        }

    @property
    def batch_size(self) -> int:
        """What fills a GPU without making anyone wait long."""
        return _BATCH

    def predict(self, batch: NDArray[np.uint8], *, feature_map: bool = False) -> Outputs:
        """Run the model; see `Engine.predict`."""
        parts = [self._run(batch[start : start + _BATCH]) for start in range(0, len(batch), _BATCH)]
        joined = {
            name: np.concatenate([part[name] for part in parts])
            for name in ("probabilities", "embedding", *(["feature_map"] if feature_map else []))
        }
        return Outputs(joined["probabilities"], joined["embedding"], joined.get("feature_map"))

    def channel_weights(
        self, feature_maps: NDArray[np.float32], directions: NDArray[np.floating]
    ) -> NDArray[np.float32]:
        """Differentiate, whatever the head (Grad-CAM); see `Engine.channel_weights`."""
        with self._lock:
            return channel_weights(self._head, feature_maps, directions)

    def _run(self, photos: NDArray[np.uint8]) -> dict[str, Any]:
        # A new batch size is a new compilation: 1, 2, 4, … 32 are all there will ever be.
        padding = (1 << (len(photos) - 1).bit_length()) - len(photos)
        padded = np.pad(photos, ((0, padding), (0, 0), (0, 0), (0, 0)))
        with self._lock:
            outputs = self._model.predict_on_batch(padded)
        return {name: np.asarray(value)[: len(photos)] for name, value in outputs.items()}
