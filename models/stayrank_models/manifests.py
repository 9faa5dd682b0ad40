"""The manifest of an artifact: everything known about a model before it runs."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    field_validator,
    model_validator,
)

from stayrank_common.errors import ArtifactError
from stayrank_common.images import Preprocessing
from stayrank_common.schemas import DuplicateThreshold

RATING_LABELS = tuple(str(rating) for rating in range(1, 11))

FastPrecision = Literal["f16", "bf16", "int8"]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:[-_.][a-z0-9]+)*$", max_length=80)]
Task = Literal["tagging", "aesthetics", "duo"]
DUO_TASKS: tuple[Task, ...] = ("tagging", "aesthetics")  # in the order of the outputs


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Architecture(_Part):
    """What to build in code before weights are loaded."""

    backbone: str = Field(description="A key of `stayrank_models.backbones.BACKBONES`.")
    dropout: float = Field(ge=0, lt=1, description="Rate before the last dense layer.")
    options: dict[str, Annotated[float, Field(gt=0, le=8)]] = Field(
        default_factory=dict,
        max_length=8,
        description="Further arguments of the backbone, for example `alpha`.",
    )
    branch: str = Field(
        default="",
        max_length=80,
        description="The last layer that both answers of a model for two share, if not all.",
    )


class TaggingCalibration(_Part):
    """How raw class probabilities become trustworthy ones.

    Attributes:
        temperature: Divides the logits: `p ∝ p_raw^(1/temperature)` (Guo et al. 2017).
        threshold: A photo is rejected where its score is below; see `stayrank_models.rejection`.
        thresholds: Tag → a threshold of its own.
    """

    temperature: float = Field(default=1.0, gt=0)
    threshold: float = Field(default=0.0, ge=0, le=1)
    thresholds: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(default_factory=dict)


class AestheticCalibration(_Part):
    """How mean scores compare with those of other photos.

    Attributes:
        percentiles: 101 mean scores, the 0th to the 100th percentile over the training photos.
    """

    percentiles: tuple[FiniteFloat, ...] = Field(min_length=101, max_length=101)

    @field_validator("percentiles")
    @classmethod
    def _rise(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if any(b < a for a, b in pairwise(value)):
            raise ValueError("percentiles must not fall")
        return value


class Manifest(_Part):
    """Everything known about an artifact before it runs."""

    format: Literal[1] = 1
    name: Name
    version: Name
    task: Task
    architecture: Architecture
    labels: tuple[str, ...] = Field(
        min_length=2, max_length=10_000, description="Names of the outputs, in order."
    )
    unrelated: tuple[str, ...] = Field(
        default=(), max_length=1, description="The output after the labels: photos of no label."
    )
    preprocessing: Preprocessing
    calibration: TaggingCalibration | AestheticCalibration
    rating_calibration: AestheticCalibration | None = Field(
        default=None, description="Of a model for both tasks: that of its ten ratings."
    )
    duplicate_threshold: DuplicateThreshold | None = Field(
        default=None, description="Of a tagger: cosine from which embeddings are those of copies."
    )
    files: dict[str, Sha256] = Field(description="Path within the folder → sha256.")
    precisions: dict[FastPrecision, dict[str, float]] = Field(
        default={},
        description="Precision that passed the parity gate against float32 → what was measured.",
    )
    license: str
    training: dict[str, Any] = Field(description="Data, recipe, seeds and library versions.")
    metrics: dict[str, float] = Field(
        description="Measured on the test split that `training` names."
    )

    @field_validator("files")
    @classmethod
    def _stay_inside(cls, files: dict[str, str]) -> dict[str, str]:
        for name in files:
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or not re.fullmatch(r"[\w./-]+", name):
                raise ValueError(f"{name!r} is not a plain path inside the artifact")
        return files

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of all outputs of the model, in order."""
        return self.labels + self.unrelated + (RATING_LABELS if self.task == "duo" else ())

    @property
    def distributions(self) -> tuple[int, ...]:
        """How many outputs belong to each distribution, in order."""
        answers = len(self.labels + self.unrelated)
        return (answers, len(RATING_LABELS)) if self.task == "duo" else (answers,)

    def part(self, task: Task) -> Manifest:
        """The manifest of one of the two answers of a model for both.

        Raises:
            ArtifactError: If this model does not give that answer.
        """
        if task == self.task:
            return self
        if self.task != "duo":
            raise ArtifactError(f"{self.name} is a model for {self.task}, not for {task}")
        changes: dict[str, Any] = {"task": task, "rating_calibration": None}
        if task == "aesthetics":
            ratings = {"labels": RATING_LABELS, "unrelated": ()}
            changes |= {**ratings, "calibration": self.rating_calibration}
        return self.model_copy(update=changes)

    @model_validator(mode="after")
    def _agree(self) -> Manifest:
        if len(set(self.outputs)) < len(self.outputs):
            raise ValueError("two outputs have the same name")
        tagging = isinstance(self.calibration, TaggingCalibration)
        duo = self.task == "duo"
        if strangers := set(getattr(self.calibration, "thresholds", ())) - set(self.labels):
            raise ValueError(f"a threshold is given for {min(strangers)!r}, which is no label")
        if tagging == (self.task == "aesthetics") or duo != bool(self.rating_calibration):
            raise ValueError(f"this calibration does not belong to the task {self.task!r}")
        if self.task == "aesthetics" and self.outputs != RATING_LABELS:
            raise ValueError("an aesthetics model has the labels '1' to '10'")
        return self
