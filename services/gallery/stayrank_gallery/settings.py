"""Settings of the gallery service, from the environment (`GALLERY_…`)."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from stayrank_common.schemas import DuplicateThreshold
from stayrank_common.settings import ServiceSettings


class GallerySettings(ServiceSettings):
    """See `ServiceSettings` for what all services share."""

    model_config = SettingsConfigDict(env_prefix="GALLERY_")

    scorers: Literal["http", "local"] = Field(
        default="http", description="`http`: the two other services. `local`: models in process."
    )
    model: str | None = Field(
        default=None,
        description="Of `local`: one model for both answers (`duo-mobilenet`), by name or folder; "
        "none: two models.",
    )
    tagger_url: str = Field(
        default="http://127.0.0.1:8001", pattern=r"^https?://", description="The tagger service."
    )
    aesthetic_url: str = Field(
        default="http://127.0.0.1:8002",
        pattern=r"^(https?://.*)?$",
        description="The aesthetic service; empty: the tagger's model gives both answers.",
    )
    upstream_key: SecretStr | None = Field(
        default=None,
        description="The gallery's own key for the two services, where they ask for one.",
    )
    upstream_timeout_s: float = Field(
        default=25, gt=0, description="Seconds for one answer; below `timeout_s`, to say which."
    )
    duplicate_threshold: DuplicateThreshold | None = Field(
        default=None,
        description="Cosine of embeddings from which photos are duplicates; above 1 folds none. "
        "None: what the tagger's manifest says, or 0.9.",
    )
    max_scored_photos: int = Field(
        default=1000, ge=1, le=10_000, description="Photos a call that have been scored already."
    )
    policies_dir: Path | None = Field(
        default=None,
        description="Feed policies (`NAME.toml`) that a ranking may name; none if unset.",
    )
    packs_dir: Path | None = Field(
        default=None, description="Further rule packs (`NAME.toml`) for audits; none if unset."
    )
    sample_dir: Path | None = Field(
        default=None, description="Photos that the page offers to rank; none if unset."
    )
