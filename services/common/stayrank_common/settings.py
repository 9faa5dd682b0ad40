"""Settings that all services share. Each service adds its own and sets the prefix."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from stayrank_common.images import PILLOW_MAX_PIXELS, PhotoLimits


class ServiceSettings(BaseSettings):
    """Read from the environment when a service starts; never at import."""

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

    @property
    def limits(self) -> PhotoLimits:
        """The limits of one photo."""
        return PhotoLimits(self.max_photo_bytes, self.max_photo_pixels)
