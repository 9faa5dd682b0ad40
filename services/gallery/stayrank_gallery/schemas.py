"""What `POST /rank-gallery` takes and answers."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from stayrank_common.schemas import ErrorBody, ModelInfo, Percentile, Probability, Schema, Score


class Strategy(StrEnum):
    """How a gallery is ordered."""

    COVERAGE = "coverage"
    SCORE = "score"
    ROUND_ROBIN = "round_robin"
    MMR = "mmr"


class RankOptions(Schema):
    """Options of a ranking; query parameters over HTTP."""

    strategy: Strategy = Field(
        default=Strategy.COVERAGE,
        description="`coverage`: beautiful first, every area early. `score`: a plain sort. "
        "`round_robin`: the best of each area in turn. `mmr`: beautiful and unlike the others.",
    )
    trade_off: float = Field(
        default=0.7,
        ge=0,
        le=1,
        description="λ of `coverage` and `mmr`: 0 looks at beauty alone, 1 at variety alone.",
    )
    limit: int | None = Field(
        default=None, ge=1, description="Places to fill, counted after duplicates are folded."
    )


class Aesthetic(Schema):
    """How people would rate a photo."""

    mean: Score
    std: float = Field(ge=0)
    percentile: Percentile


class Place(Schema):
    """One place of a ranking."""

    id: str
    position: int = Field(ge=1)
    tag: str = Field(description="The most probable area.")
    tag_probability: Probability
    aesthetic: Aesthetic
    reasons: list[str] = Field(description="Why it stands here, in plain words.")


class Removed(Schema):
    """A photo that has no place, and why."""

    id: str
    reason: Literal["unreadable", "duplicate", "excluded", "policy", "over_limit"]
    error: ErrorBody | None = Field(default=None, exclude_if=lambda value: value is None)
    duplicate_of: str | None = Field(default=None, exclude_if=lambda value: value is None)


class Models(Schema):
    """The models that a ranking comes from."""

    tagger: ModelInfo
    aesthetic: ModelInfo


class RankResponse(Schema):
    """Answer of `POST /rank-gallery`: every photo is once in `ranking` or in `removed`."""

    models: Models
    strategy: Strategy
    ranking: list[Place] = Field(description="The photos to show, the cover first.")
    removed: list[Removed]
    coverage: dict[str, list[str]] = Field(
        description="For each area the ids that show it, in ranked order; empty where none does."
    )
