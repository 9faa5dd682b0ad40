"""Settings that the services that run a model share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from stayrank_common.settings import ServiceSettings
from stayrank_models.engines import Engine, Precision, Runtime, open_engine

if TYPE_CHECKING:
    from stayrank_models.artifacts import Artifact


class ModelServiceSettings(ServiceSettings):
    """See `ServiceSettings` for what all services share."""

    runtime: Runtime = Field(
        default="auto",
        description="OpenVINO where installed, or Keras; `keras-gpu`: Keras, and a GPU or nothing.",
    )
    precision: Precision = Field(
        default="auto",
        description="`auto`: the fastest of `int8`, `bf16` (OpenVINO) or `f16` (GPU) that keeps "
        "the model's answers and that the machine is made for, else `f32`. Or one of them.",
    )
    fallback: bool = Field(
        default=False,
        description="Whether a slower exact engine answers where the one that is set cannot run; "
        "`/model` and `/metrics` then say so. If not, the service does not start.",
    )
    threads: int = Field(default=0, ge=0, description="Photos at the same time; 0: one a core.")

    def open_engine(self, artifact: Artifact) -> Engine:
        """Load an artifact into the runtime that is set; see `open_engine`."""
        return open_engine(
            artifact, self.runtime, self.threads, self.precision, fallback=self.fallback
        )
