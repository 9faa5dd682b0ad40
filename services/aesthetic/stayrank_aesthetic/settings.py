"""Settings of the aesthetic service, from the environment (`AESTHETIC_…`)."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from stayrank_models.artifacts import DEFAULT_AESTHETIC
from stayrank_models.settings import ModelServiceSettings


class AestheticSettings(ModelServiceSettings):
    """See `ModelServiceSettings` for what both services with a model share."""

    model_config = SettingsConfigDict(env_prefix="AESTHETIC_")

    model: str = Field(
        default=DEFAULT_AESTHETIC,
        description="An installed model, `name` or `name:version`, or the path of a model folder.",
    )
