"""The runtimes behind one `Engine` protocol: OpenVINO (default where installed) and Keras."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Literal

from stayrank_common.errors import ArtifactError
from stayrank_models.engines.base import Engine, Outputs
from stayrank_models.engines.fake import FakeEngine, fake_artifact

if TYPE_CHECKING:
    from stayrank_models.artifacts import Artifact

__all__ = ["Engine", "FakeEngine", "Outputs", "Runtime", "fake_artifact", "open_engine"]

Runtime = Literal["auto", "openvino", "keras", "keras-gpu"]


def open_engine(artifact: Artifact, runtime: Runtime = "auto", threads: int = 0) -> Engine:
    """Load an artifact into a runtime.

    Args:
        artifact: What to load.
        runtime: `auto` takes OpenVINO where it is installed, Keras otherwise; `keras-gpu` is
            Keras, and refuses to run without a GPU.
        threads: How many predictions run at the same time; 0 means one a core.

    Raises:
        ArtifactError: If the artifact's files are missing or altered, or the runtime is not
            installed.
        ConfigurationError: If `keras-gpu` finds no GPU.
    """
    if runtime == "auto":
        runtime = "openvino" if importlib.util.find_spec("openvino") else "keras"
    package = "keras" if runtime == "keras-gpu" else runtime
    if not importlib.util.find_spec(package):
        raise ArtifactError(f"{package} is not installed: pip install 'stayrank[{package}]'")
    if runtime == "openvino":
        from stayrank_models.engines.openvino import OpenVinoEngine

        return OpenVinoEngine(artifact, threads)
    from stayrank_models.engines.keras import KerasEngine

    return KerasEngine(artifact, needs_gpu=runtime == "keras-gpu")
