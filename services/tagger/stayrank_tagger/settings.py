"""Settings of the tagger service, from the environment (`TAGGER_…`)."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from stayrank_common.settings import ServiceSettings
from stayrank_models.artifacts import DEFAULT_TAGGER
from stayrank_models.engines import Runtime


class TaggerSettings(ServiceSettings):
    """See `ServiceSettings` for what all services share."""

    model_config = SettingsConfigDict(env_prefix="TAGGER_")

    model: str = Field(
        default=DEFAULT_TAGGER,
        description="An installed model, `name` or `name:version`, or the path of a model folder.",
    )
    runtime: Runtime = Field(
        default="auto",
        description="OpenVINO where installed, or Keras; `keras-gpu`: Keras, and a GPU or nothing.",
    )
    threads: int = Field(default=0, ge=0, description="Photos at the same time; 0: one a core.")
