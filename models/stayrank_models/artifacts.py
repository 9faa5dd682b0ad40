"""An artifact: one version of one model as a folder of checked files.

    <name>/<version>/
        manifest.json       architecture, labels, preprocessing, calibration, sha256 of all others
        model.weights.h5    Keras weights; the architecture is built in code
        openvino/model.xml  the same model for OpenVINO (with model.bin)
        openvino/int8.xml   the same in whole numbers (with int8.bin), where that passes parity
        golden.json         what it answers on the sample photos
        README.md           the model card

The manifest is the root of trust: its own sha256 names the artifact in every answer. Nothing in
an artifact is executed or unpickled, and no file is read that the manifest does not pin.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    ValidationError,
    field_validator,
    model_validator,
)

from stayrank_common.errors import ArtifactError
from stayrank_common.images import Preprocessing
from stayrank_common.schemas import ModelInfo
from stayrank_models.versions import version_key

SHIPPED = Path(__file__).parent / "shipped"
DEFAULT_TAGGER = "tagger-mobilenet"
DEFAULT_AESTHETIC = "nima-mobilenet"
MANIFEST = "manifest.json"
CARD = "README.md"
GOLDEN = "golden.json"
WEIGHTS = "model.weights.h5"
OPENVINO = "openvino/model.xml"
OPENVINO_INT8 = "openvino/int8.xml"
RATING_LABELS = tuple(str(rating) for rating in range(1, 11))
_MANIFEST_MAX_BYTES = 2**20
_FILE_MAX_BYTES = 2**30

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
    """Everything that is to be known about an artifact before it runs."""

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
        """What is to be known of one of the two answers of a model for both.

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


class Artifact:
    """A model folder whose manifest has been read and validated.

    Args:
        folder: The folder that holds `manifest.json`.

    Raises:
        ArtifactError: If the manifest is missing, too large, or not of the expected form.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / MANIFEST
        try:
            content = _content(folder, MANIFEST, _MANIFEST_MAX_BYTES)
            self.manifest = Manifest.model_validate(json.loads(content))
        except OSError as error:
            raise ArtifactError(f"{path}: {error.strerror}; is this a model folder?") from error
        except (ValidationError, ValueError, RecursionError) as error:
            raise ArtifactError(f"{path}: not a valid manifest: {error}") from error
        self.folder = folder
        self.sha256 = hashlib.sha256(content).hexdigest()

    def part(self, task: Task) -> Artifact:
        """The same files, with the manifest of one of the answers: see `Manifest.part`.

        Raises:
            ArtifactError: If this model does not give that answer.
        """
        part = copy.copy(self)
        part.manifest = self.manifest.part(task)
        return part

    @property
    def info(self) -> ModelInfo:
        """Name, version and checksum, as answers carry them."""
        return ModelInfo(name=self.manifest.name, version=self.manifest.version, sha256=self.sha256)

    def read(self, name: str) -> bytes:
        """Return the content of a file of the artifact.

        The bytes that were checked are the bytes that are returned: nobody can swap the file
        between the check and the use.

        Args:
            name: Path within the folder, as in the manifest.

        Raises:
            ArtifactError: If the manifest does not list it, it is missing, leads out of the folder,
                is no plain file, is too large, or its checksum differs.
        """
        expected = self.manifest.files.get(name)
        path = self.folder / name
        if expected is None:
            raise ArtifactError(f"{self.folder / MANIFEST} lists no file {name!r}")
        try:
            content = _content(self.folder, name, _FILE_MAX_BYTES)
        except OSError as error:
            raise ArtifactError(f"{path}: {error.strerror}") from error
        actual = hashlib.sha256(content).hexdigest()
        if actual != expected:
            raise ArtifactError(f"{path}: sha256 is {actual}, the manifest says {expected}")
        return content

    def offering(self, precision: FastPrecision) -> Self:
        """Return the artifact as if its manifest recorded a precision: for judging it."""
        nothing: dict[str, float] = {}
        offered = {**self.manifest.precisions, precision: nothing}
        other = copy.copy(self)
        other.manifest = self.manifest.model_copy(update={"precisions": offered})
        return other

    def card(self) -> str:
        """Return the model card (Markdown with YAML front matter)."""
        return self.read(CARD).decode()


def _content(folder: Path, name: str, max_bytes: int) -> bytes:
    """A plain file of a folder: no link out of it, no pipe that never ends.

    Raises:
        ArtifactError: It is another thing, or larger than it may be.
        OSError: It cannot be read.
    """
    path = folder / name
    if not path.resolve(strict=True).is_relative_to(folder.resolve()):
        raise ArtifactError(f"{path}: a link that leads out of the artifact")
    if not path.is_file():
        raise ArtifactError(f"{path}: not a plain file")
    with path.open("rb") as file:
        content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise ArtifactError(f"{path}: larger than {max_bytes:,} bytes")
    return content


def shipped(root: Path = SHIPPED) -> list[Artifact]:
    """Return the artifacts that come with this package, by name, then from old to new."""
    return [Artifact(folder) for folder in _folders(root)]


def find(reference: str, root: Path = SHIPPED) -> Artifact:
    """Find an artifact.

    Args:
        reference: `name` (its newest version), `name:version`, or the path of a folder.
        root: Where named artifacts lie.

    Raises:
        ArtifactError: If there is none.
    """
    if "/" in reference or Path(reference).is_dir():
        return Artifact(Path(reference))
    name, _, version = reference.partition(":")
    candidates = _folders(root)
    matching = [c for c in candidates if c.parent.name == name and version in ("", c.name)]
    if not matching:
        known = ", ".join(f"{c.parent.name}:{c.name}" for c in candidates) or "none"
        raise ArtifactError(f"no model {reference!r}; installed are: {known}")
    return Artifact(matching[-1])


def _folders(root: Path) -> list[Path]:
    """The artifacts below a folder, by name, then from old to new."""
    found = (path.parent for path in root.glob(f"*/*/{MANIFEST}"))
    return sorted(found, key=lambda folder: (folder.parent.name, version_key(folder.name)))
