"""Settings that all services share. Each service adds its own and sets the prefix."""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from stayrank_common.errors import ConfigurationError
from stayrank_common.images import PILLOW_MAX_PIXELS, PhotoLimits

LogFormat = Literal["text", "json"]
# What Kubernetes tells every pod about a service called, say, `tagger`: no settings of ours.
_SERVICE_LINK = re.compile(r"_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)\w*)?)$")


class ServiceSettings(BaseSettings):
    """Read from the environment when a service starts; never at import.

    Raises:
        ConfigurationError: A variable carries the prefix of the service but names no setting.
    """

    model_config = SettingsConfigDict(frozen=True, extra="forbid")

    max_photos: int = Field(default=200, ge=1, le=10_000, description="Photos a call.")
    max_body_bytes: int = Field(default=256 * 2**20, ge=1024, description="Bytes a call.")
    max_photo_bytes: int = Field(default=20 * 2**20, ge=1024, description="Bytes a photo.")
    max_photo_pixels: int = Field(
        default=40_000_000, ge=1, le=PILLOW_MAX_PIXELS, description="Pixels a photo."
    )
    max_waiting_photos: int = Field(
        default=800, ge=1, description="Photos accepted and not answered; more get a 503."
    )
    max_wait_s: float = Field(
        default=1, ge=0, description="Seconds a call may wait for others; more get a 503."
    )
    decoders: int = Field(
        default=0, ge=0, description="Processes that decode photos, at most; 0: one a core."
    )
    decode_s: float = Field(
        default=0.8, gt=0, description="Seconds of a core that decoding a photo may take."
    )
    max_held_bytes: int = Field(
        default=2**30, ge=2**20, description="Bytes of all calls' bodies; more get a 503."
    )
    max_connections: int = Field(
        default=800, ge=1, description="Open connections; a further one gets a 503."
    )
    idle_timeout_s: float = Field(
        default=10,
        gt=0,
        description="Seconds that a client may take for its headers, between two pieces of its "
        "body, or to go on taking an answer.",
    )
    upload_timeout_s: float = Field(
        default=120, gt=0, description="Seconds that a whole body may take."
    )
    timeout_s: float = Field(default=30, gt=0, description="Seconds until a call gets a 504.")
    drain_s: float = Field(
        default=0, ge=0, description="Seconds between SIGTERM (`/readyz` 503) and closing the port."
    )
    allowed_hosts: frozenset[str] = Field(
        default=frozenset(),
        description='Hosts that photos may be fetched from, as JSON: `["img.example.com"]`. '
        "Empty: URLs are off.",
    )
    fetch_timeout_s: float = Field(default=5, gt=0, description="Seconds a URL may take in all.")
    keys_file: Path | None = Field(
        default=None,
        description="Keys that callers need (`stayrank keys new`); read again when it changes. "
        "Unset: whoever reaches the service may use it.",
    )
    open_health: bool = Field(
        default=True, description="Whether `/livez` and `/readyz` answer without a key."
    )
    open_metrics: bool = Field(
        default=True, description="Whether `/metrics` answers without a key."
    )
    log_format: LogFormat = Field(
        default="text", description="`json` for machines that collect logs, `text` for people."
    )

    @model_validator(mode="before")
    @classmethod
    def _know_every_variable(cls, values: Any) -> Any:  # noqa: ANN401 - passed on as it is
        """Refuse a misspelt variable, which pydantic-settings would skip in silence."""
        prefix = cls.model_config.get("env_prefix", "").upper()
        known = [name.upper() for name in cls.model_fields]
        for variable in sorted(os.environ) if prefix else []:
            name = variable.upper().removeprefix(prefix)
            ours = variable.upper().startswith(prefix) and not _SERVICE_LINK.search(variable)
            if ours and name not in known:
                near = difflib.get_close_matches(name, known, 1)
                hint = f"did you mean {prefix}{near[0]}?" if near else "see docs/settings.md"
                raise ConfigurationError(f"{variable}: no such setting; {hint}")
        return values

    @property
    def service(self) -> str:
        """The name of the service, as logs and traces carry it."""
        return type(self).model_config.get("env_prefix", "").strip("_").lower()

    @property
    def limits(self) -> PhotoLimits:
        """The limits of one photo."""
        return PhotoLimits(self.max_photo_bytes, self.max_photo_pixels)
