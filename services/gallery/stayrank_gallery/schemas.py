"""What the gallery service takes and answers."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from stayrank_common.repeats import first_repeated
from stayrank_common.schemas import (
    ErrorBody,
    Listed,
    ModelInfo,
    OrAbsent,
    Percentile,
    PhotoId,
    Probability,
    Schema,
    Score,
)
from stayrank_gallery.contexts import ContextName
from stayrank_gallery.policy import Policy, Violation
from stayrank_gallery.scored import ScoredPhoto


class Strategy(StrEnum):
    """How a gallery is ordered."""

    COVERAGE = "coverage"
    SCORE = "score"
    ROUND_ROBIN = "round_robin"
    MMR = "mmr"


class QualityScale(StrEnum):
    """What a photo's quality is measured by."""

    MEAN = "mean"
    AREA_PERCENTILE = "area_percentile"


class Pin(Schema):
    """A photo that stands at a certain place."""

    id: PhotoId
    place: int = Field(ge=1, le=10_000, description="From 1.")

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:  # noqa: ANN401 - checked by the model
        """Read `ID:PLACE`, as the query and the command line have it."""
        if not isinstance(value, str):
            return value
        photo_id, _, place = value.rpartition(":")
        return {"id": photo_id, "place": place}


class PlainOptions(Schema):
    """The options of a ranking that look the same in a query and in JSON."""

    strategy: Strategy = Field(
        default=Strategy.COVERAGE,
        description="`coverage`: beautiful first, every area early, no view framed again at once; "
        "what does not show the property counts half. `score`: a plain sort. "
        "`round_robin`: the best of each area in turn. `mmr`: beautiful and unlike the others.",
    )
    trade_off: float = Field(
        default=0.15,
        ge=0,
        le=1,
        description="λ of `coverage` and `mmr`: 0 looks at beauty alone, 1 at variety alone.",
    )
    limit: int | None = Field(
        default=None, ge=1, description="Places to fill, counted after duplicates are folded."
    )
    context: ContextName = Field(
        default="default",
        description="For whom: a table of weights of the areas, for `coverage` (`GET /contexts`).",
    )
    score: QualityScale = Field(
        default=QualityScale.MEAN,
        description="Quality of a photo: `mean`, its mean score, or `area_percentile`, its rank "
        "among training photos of the same area.",
    )
    exclude: Listed[PhotoId] = Field(default=[], description="Photos to leave out.")
    max_run: int | None = Field(
        default=None,
        ge=1,
        description="Photos of one area in a row, at most, as long as there are others.",
    )
    current: Listed[PhotoId] = Field(
        default=[], description="The present order, which is kept as far as `stability` says."
    )
    stability: float = Field(
        default=0.05,  # re-encoded photos then keep their places (docs/experiments.md)
        ge=0,
        le=1,
        description="By how much a photo must gain more than the one that stands before it in "
        "`current` to overtake it (gains lie between 0 and about 1). 0: plain order.",
    )


class RankOptions(PlainOptions):
    """Options of a ranking, as JSON."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"trade_off": 0.5, "max_run": 2}]})

    pin: Listed[Pin] = Field(default=[], description="Photos that stand at certain places.")
    policy: Policy | str | None = Field(
        default=None,
        description="Rules of a feed, or the name of rules that the service has. Photos that "
        "break them are removed.",
    )


class Aesthetic(Schema):
    """How people would rate a photo."""

    mean: Score
    std: float = Field(ge=0)
    percentile: Percentile = Field(description="Among all training photos.")
    area_percentile: Percentile | None = Field(
        description="Among training photos of the same area; null for a photo of no known area, "
        "and where the scores are by another model than the percentiles."
    )


class Place(Schema):
    """One place of a ranking."""

    id: str
    position: int = Field(ge=1)
    tag: str = Field(description="The most probable area.")
    tag_probability: Probability
    aesthetic: Aesthetic
    pinned: bool = Field(description="Whether it stands here because it is pinned.")
    reasons: list[str] = Field(description="Why it stands here, in plain words.")


class Removed(Schema):
    """A photo that has no place, and why."""

    id: str
    reason: Literal["unreadable", "duplicate", "excluded", "policy", "over_limit"]
    error: OrAbsent[ErrorBody] = None
    duplicate_of: OrAbsent[str] = None
    violations: OrAbsent[list[Violation]] = Field(
        default=None, description="The rules of the policy that it breaks."
    )


class Models(Schema):
    """The models that a ranking comes from."""

    tagger: ModelInfo
    aesthetic: ModelInfo


class RankResponse(Schema):
    """An ordered gallery: every photo is once in `ranking` or in `removed`."""

    models: Models | None = Field(
        description="Null where scores came in that do not say what they come from."
    )
    strategy: Strategy
    ranking: list[Place] = Field(description="The photos to show, the cover first.")
    removed: list[Removed]
    coverage: dict[str, list[str]] = Field(
        description="For each area the ids that show it, in ranked order; empty where none does."
    )
    photos: OrAbsent[list[ScoredPhoto]] = Field(
        default=None,
        description="With `include=scores`: what `POST /rank-scored` takes to order them again.",
    )


class ScoredPhotos(Schema):
    """Photos that have been scored."""

    photos: Listed[ScoredPhoto] = Field(
        min_length=1,
        max_length=10_000,  # what no setting allows either: megabytes of `{}` are not validated
        description="As `POST /rank-gallery?include=scores` answered them.",
    )
    models: Models | None = Field(
        default=None,
        description="Passed on to the answer; without, there are no percentiles within an area.",
    )

    @model_validator(mode="after")
    def _ids_once(self) -> Self:
        if twice := first_repeated(photo.id for photo in self.photos):
            raise ValueError(f"two photos have the id {twice!r}; give each photo its own")
        return self


class ScoredGallery(ScoredPhotos):
    """Body of `POST /rank-scored`: photos to be ordered anew."""

    options: RankOptions = RankOptions()
