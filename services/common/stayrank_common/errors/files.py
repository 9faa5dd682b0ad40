"""Settings, models or data are unusable."""

from __future__ import annotations

from stayrank_common.errors.base import StayRankError


class ConfigurationError(StayRankError):
    """A setting in the environment is unusable."""


class ArtifactError(StayRankError):
    """A model artifact is missing, altered or malformed."""


class ExplanationError(StayRankError):
    """The model's runtime cannot give what an explanation needs."""


class WeightsError(StayRankError):
    """Pre-trained weights are missing, altered, or do not fit the architecture."""


class DatasetError(StayRankError):
    """A dataset, a manifest row or a recipe is unusable."""
