"""The runtimes behind one `Engine` protocol: OpenVINO (default where installed) and Keras."""

from __future__ import annotations

import importlib.util
import logging
from typing import TYPE_CHECKING, Literal

from stayrank_common.errors import ArtifactError, ConfigurationError, EngineError
from stayrank_models.engines.base import Engine, Outputs
from stayrank_models.engines.batching import STOP, BatchingEngine
from stayrank_models.engines.fake import FakeEngine, fake_artifact
from stayrank_models.engines.fallback import FallbackEngine
from stayrank_models.engines.precisions import Precision

if TYPE_CHECKING:
    from stayrank_models.artifacts import Artifact

__all__ = [
    "STOP",
    "Engine",
    "FakeEngine",
    "Outputs",
    "Precision",
    "Runtime",
    "fake_artifact",
    "open_engine",
]

Runtime = Literal["auto", "openvino", "keras", "keras-gpu"]
logger = logging.getLogger(__name__)


def open_engine(
    artifact: Artifact,
    runtime: Runtime = "auto",
    threads: int = 0,
    precision: Precision = "auto",
    *,
    fallback: bool = False,
) -> Engine:
    """Load an artifact into a runtime.

    Args:
        artifact: What to load.
        runtime: `auto` takes OpenVINO where it is installed, Keras otherwise; `keras-gpu` is
            Keras, and refuses to run without a GPU.
        threads: How many predictions run at the same time; 0 means one a core.
        precision: `auto` takes the fastest that the artifact is recorded to keep its answers in
            and that the machine is made for.
        fallback: Whether a slower exact engine may answer where this one cannot be opened; its
            description then says why, as `fallback`, and so does the log.

    Raises:
        ArtifactError: If the artifact's files are missing or altered, or the runtime is not
            installed.
        ConfigurationError: If `keras-gpu` finds no GPU, or the artifact or the machine does not
            offer the precision.
        EngineError: If the model does not fit into the memory of the GPU.
    """
    try:
        return _open(artifact, runtime, threads, precision)
    except (ArtifactError, ConfigurationError, EngineError) as error:
        if not fallback:
            raise
        reason = str(error)
    logger.warning("falling back to float32 on the processor: %s", reason)
    others: tuple[Runtime, ...] = ("openvino", "keras")
    for other in filter(_installed, others):
        try:
            return FallbackEngine(_open(artifact, other, threads, "f32"), reason)
        except (ArtifactError, EngineError) as error:
            reason = f"{reason}; {error}"
    raise ArtifactError(f"no engine can run {artifact.folder}: {reason}")


def _open(artifact: Artifact, runtime: Runtime, threads: int, precision: Precision) -> Engine:
    if runtime == "auto":
        runtime = "openvino" if _installed("openvino") else "keras"
    package = "keras" if runtime == "keras-gpu" else runtime
    if not _installed(package):
        raise ArtifactError(f"{package} is not installed: pip install 'stayrank[{package}]'")
    if runtime == "openvino":
        from stayrank_models.engines.openvino import OpenVinoEngine

        return OpenVinoEngine(artifact, threads, precision)
    from stayrank_models.engines.keras import KerasEngine

    return BatchingEngine(KerasEngine(artifact, precision, needs_gpu=runtime == "keras-gpu"))


def _installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None
