"""Keras on whatever backend and device it runs: for GPUs, and for machines without OpenVINO."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import keras
import numpy as np

from stayrank_common.errors import ConfigurationError, DeviceMemoryError
from stayrank_models.engines.base import Outputs
from stayrank_models.engines.precisions import Precision, choose
from stayrank_models.gradcam import channel_weights
from stayrank_models.heads import PROBABILITIES, serving_model
from stayrank_models.loading import load_model
from stayrank_models.mixed_precision import FULL, HALF, in_precision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from stayrank_models.artifacts import Artifact
    from stayrank_models.manifests import FastPrecision

# A new batch size is a new compilation: these are all there will ever be. The largest fills a GPU
# without making anyone wait long.
_SIZES = (1, 4, 16, 32)
_BATCH = _SIZES[-1]


class KerasEngine:
    """Runs an artifact's Keras model, in float32 or mixed precision.

    On a GPU every batch size is compiled and run once before the engine counts as open.

    Args:
        artifact: Its file `model.weights.h5` is read and checked.
        precision: `f32`, `f16` (float32 weights and softmax, the rest float16; on GPUs), `auto`.
        needs_gpu: Whether to refuse any other device, which would answer too, only slowly.

    Raises:
        ConfigurationError: If a GPU is needed and there is none, or the precision is not offered.
        ArtifactError: If the file is missing or altered.
        DeviceMemoryError: If the GPU's memory does not suffice for the largest batch.
        WeightsError: If its tensors do not fit the architecture.
    """

    def __init__(
        self, artifact: Artifact, precision: Precision = "auto", *, needs_gpu: bool = False
    ) -> None:
        gpus = keras.distribution.list_devices("gpu")
        if needs_gpu and not gpus:
            raise ConfigurationError(
                f"the runtime keras-gpu needs a GPU, and {keras.backend.backend()} finds none; "
                "give the container one, with its driver, or choose the runtime auto"
            )
        self._device = str((gpus or keras.distribution.list_devices() or ["unknown"])[0])
        # A processor can do it too, for judging it: as slowly as exactly.
        half_runs = gpus or precision == "f16"
        native: dict[FastPrecision, str] = {"f16": "it"} if half_runs else {}
        self._choice = choose(artifact.manifest, precision, native, f"the device {self._device}")
        with _within_memory(self._device, "the model"):
            model = load_model(artifact)
            half = self._choice.precision == "f16"
            self._model = serving_model(in_precision(model, HALF if half else FULL))
            outputs = serving_model(model).output
            self._head = keras.Model(outputs["feature_map"], outputs[PROBABILITIES], name="head")
        self._lock = threading.Lock()
        for size in _SIZES if gpus else ():
            self.predict(np.zeros((size, *self._model.input_shape[1:]), np.uint8))

    @property
    def description(self) -> dict[str, str]:
        """Runtime with its backend, version, device, precision and why that one."""
        return {
            "runtime": f"keras ({keras.backend.backend()})",
            "version": keras.__version__,
            "device": self._device,
            "precision": self._choice.precision,
            "why": self._choice.why,
        }

    @property
    def batch_size(self) -> int:
        """The largest batch that runs at once."""
        return _BATCH

    def predict(self, batch: NDArray[np.uint8], *, feature_map: bool = False) -> Outputs:
        """Run the model; see `Engine.predict`.

        Raises:
            DeviceMemoryError: If the GPU's memory does not suffice.
        """
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

    def _run(self, photos: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        size = next(size for size in _SIZES if size >= len(photos))
        padded = np.pad(photos, ((0, size - len(photos)), (0, 0), (0, 0), (0, 0)))
        with self._lock, _within_memory(self._device, f"{size} photos at once"):
            outputs = self._model.predict_on_batch(padded)
        return {
            name: np.asarray(value, dtype=np.float32)[: len(photos)]
            for name, value in outputs.items()
        }


@contextmanager
def _within_memory(device: str, what: str) -> Iterator[None]:
    """Give what TensorFlow, JAX and torch raise for exhausted memory a name of ours."""
    try:
        yield
    except Exception as error:  # each backend has a class of its own
        named = type(error).__name__ in ("ResourceExhaustedError", "OutOfMemoryError")
        if not named and "RESOURCE_EXHAUSTED" not in str(error):
            raise
        raise DeviceMemoryError(device, what) from error
