"""What goes over the wire, and what the command line prints with `--json`.

Results keep the order and the length of what came in; a photo that cannot be used gives a
`PhotoFailure` in its place.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, FailFast, Field

from stayrank_common.errors import PhotoError
from stayrank_common.inputs import ID_MAX_LENGTH

Probability = Annotated[float, Field(ge=0, le=1)]
Score = Annotated[float, Field(ge=1, le=10)]
Percentile = Annotated[float, Field(ge=0, le=100)]
DuplicateThreshold = Annotated[float, Field(ge=-1, le=1.01)]
"""Cosine of embeddings from which photos are duplicates; above 1 folds none."""
PhotoId = Annotated[str, Field(min_length=1, max_length=ID_MAX_LENGTH)]

Value = TypeVar("Value")
OrAbsent = Annotated[Value | None, Field(exclude_if=lambda value: value is None)]
"""A member that answers leave out where it is None."""
Listed = Annotated[list[Value], FailFast()]
"""A list that tells of its first wrong item: a hundred thousand would hold the service."""


class Schema(BaseModel):
    """Base of all schemas: immutable, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ImageReference(Schema):
    """One photo of a JSON request: its bytes, or where to fetch them."""

    id: PhotoId | None = Field(default=None, description="Yours; the position (from 0) if absent.")
    url: str | None = Field(
        default=None, max_length=8192, description="http(s), only where the service allows hosts."
    )
    data: str | None = Field(
        default=None,
        description="Base64, or a base64 data URI.",
        json_schema_extra={"format": "byte"},
    )


class ModelInfo(Schema):
    """The model that an answer comes from."""

    name: str
    version: str
    sha256: str = Field(description="Of the artifact's manifest, which pins every other file.")
    duplicate_threshold: OrAbsent[DuplicateThreshold] = Field(
        default=None,
        description="Cosine from which its embeddings are those of copies, if not 0.9.",
    )


class ModelDescription(Schema):
    """Answer of `GET /model`."""

    model: ModelInfo
    manifest: dict[str, Any] = Field(description="Labels, preprocessing, calibration, metrics…")
    engine: dict[str, str] = Field(description="Runtime, version, device and precision.")
    card: str = Field(description="The model card, Markdown.")


class ErrorBody(Schema):
    """Why one photo could not be used."""

    type: str = Field(description="A stable slug, for example `undecodable-photo`.")
    title: str
    detail: str

    @classmethod
    def of(cls, error: PhotoError) -> ErrorBody:
        """Describe an error."""
        return cls(type=error.slug(), title=error.title(), detail=str(error))


class PhotoFailure(Schema):
    """Stands in the place of the result of a photo that could not be used."""

    id: str
    status: Literal["error"] = "error"
    error: ErrorBody


class TagProbability(Schema):
    """How probable one area is."""

    tag: str
    probability: Probability


class Embedding(Schema):
    """The photo as the backbone sees it, to compare photos with."""

    dimension: int = Field(gt=0)
    data: str = Field(description="Base64 of little-endian float16 values.")


class AestheticResult(Schema):
    """How people would rate a photo."""

    id: str
    status: Literal["ok"] = "ok"
    mean: Score = Field(description="Expected rating, 1 (worst) to 10.")
    std: float = Field(ge=0, le=4.5, description="Spread of the ratings.")
    distribution: Listed[Probability] = Field(
        min_length=10, max_length=10, description="Probability of each rating 1..10."
    )
    percentile: Percentile = Field(
        description="Share of the training photos with a lower mean, in percent."
    )
    warnings: Listed[str] = Field(description="For example `truncated`.")


class TagResult(Schema):
    """The area that a photo shows."""

    id: str
    status: Literal["ok"] = "ok"
    top_tag: str = Field(description="The most probable area, also when `rejected`.")
    rejected: bool = Field(description="True where it is too doubtful that it shows any area.")
    tags: Listed[TagProbability] = Field(
        min_length=1,
        description="All areas, the most probable first. What is missing to 1 is the probability "
        "of none of them.",
    )
    warnings: Listed[str] = Field(description="For example `truncated`.")
    embedding: OrAbsent[Embedding] = None
    aesthetic: OrAbsent[AestheticResult] = Field(
        default=None,
        description="How people would rate it, by a model that gives both answers.",
    )

    def without(self, *names: Literal["embedding", "aesthetic"]) -> TagResult:
        """Return the result as callers get it who did not ask for so much."""
        return self.model_copy(update=dict.fromkeys(names))


class TagResponse(Schema):
    """Answer of `POST /tag`."""

    model: ModelInfo
    results: list[TagResult | PhotoFailure]


class AestheticResponse(Schema):
    """Answer of `POST /aesthetic`."""

    model: ModelInfo
    results: list[AestheticResult | PhotoFailure]


class FocalPoint(Schema):
    """The centre of mass of the region of a photo that speaks most for an answer."""

    x: Probability = Field(description="From the left edge, as a share of the width.")
    y: Probability = Field(description="From the upper edge, as a share of the height.")


class Explanation(Schema):
    """Where in a photo, as displayed, the evidence for an answer lies."""

    model: ModelInfo
    id: str
    focal_point: FocalPoint
    heat: list[list[Probability]] = Field(
        description="Rows from above, columns from the left: 0 where a place speaks against the "
        "answer or not at all, 1 at the place that speaks most for it."
    )
    warnings: list[str] = Field(
        description="For example `truncated`; `no_evidence` where no place speaks for the answer."
    )


class TagExplanation(Explanation):
    """Answer of `POST /tag/explain`."""

    tag: str = Field(description="The area that is explained.")


class AestheticExplanation(Explanation):
    """Answer of `POST /aesthetic/explain`: what lifts the mean score."""

    mean: Score


class Problem(BaseModel):
    """An error answer, RFC 9457 (`application/problem+json`)."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    results: list[dict[str, Any]] | None = Field(
        default=None, description="Where all photos are bad: what is wrong with each."
    )
