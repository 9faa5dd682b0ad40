"""Settings of the tagger service, from the environment (`TAGGER_…`)."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from stayrank_models.artifacts import DEFAULT_TAGGER
from stayrank_models.settings import ModelServiceSettings


class TaggerSettings(ModelServiceSettings):
    """See `ModelServiceSettings` for what both services with a model share."""

    model_config = SettingsConfigDict(env_prefix="TAGGER_")

    model: str = Field(
        default=DEFAULT_TAGGER,
        description="An installed model, `name` or `name:version`, or the path of a model folder.",
    )
