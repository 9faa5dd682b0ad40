"""Recipes: everything that decides a training run, in one TOML file.

The data folder and the output folder are no part of it: they differ from machine to machine.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator

from stayrank_common.errors import DatasetError
from stayrank_common.images import Preprocessing
from stayrank_common.schemas import DuplicateThreshold
from stayrank_common.taxonomy import Taxonomy, default_taxonomy
from stayrank_models.manifests import RATING_LABELS, Name
from stayrank_training.recipe_files import explain, override, toml_lines
from stayrank_training.recipe_parts import (
    Augmentation,
    Finetune,
    Head,
    Part,
    Start,
    Teacher,
    Teachers,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


class Recipe(Part):
    """What every recipe states.

    Attributes:
        name: Of the artifact.
        version: Of the artifact.
        seed: Of every random number.
        photos: Folder of the photos within the data folder: with a manifest, or a tree
            `<split>/<tag>/<photo>`.
        source_weights: Source of photos → factor on how much they count; 0 leaves them out.
            Sources that are not named count 1.
        hotel_weight: How much more a photo of a hotel counts than one of another set.
        unreadable_share: Photos that cannot be decoded are dropped and counted; where they are a
            larger share than this of all, something else is wrong, and training refuses.
        preprocessing: What the photos look like to the model.
        folds: How many folds the training hotels are dealt into. Without phase two, each fold stops
            the training on the others, and the heads are averaged; with it, the first fold is
            held out.
        cross_fit: With phase two, both phases are run for each fold on the others, all epochs of
            them, and at last on all photos: nothing is held out of what ships, and all training
            hotels calibrate it, each as a model saw them that had not learnt from them.
        start: What to begin from.
        head: Phase one.
        finetune: Phase two.
        augmentation: What chance changes about photos.
        teacher: Another model to learn from.
    """

    name: Name
    version: Name = "1.0.0"
    seed: int = 0
    photos: str = "tagging"
    source_weights: dict[str, float] = Field(default_factory=dict)
    hotel_weight: float = Field(default=1.0, gt=0)
    unreadable_share: float = Field(default=0.02, ge=0, le=1)
    preprocessing: Preprocessing = Preprocessing()
    folds: int = Field(default=5, ge=2)
    cross_fit: bool = False
    start: Start = Start()
    head: Head = Head()
    finetune: Finetune = Finetune()
    augmentation: Augmentation = Augmentation()
    teacher: Teacher | None = None

    @model_validator(mode="after")
    def _teacher_is_somebody(self) -> Self:
        if self.teacher and not self.teacher.probabilities and not self.cross_fit:
            raise ValueError("teacher.probabilities is empty: name a file, or set cross_fit")
        return self

    @model_validator(mode="after")
    def _something_to_cross_fit(self) -> Self:
        if self.cross_fit and not self.finetune.epochs:
            raise ValueError("cross_fit needs finetune.epochs; heads alone are cross-fitted anyway")
        return self

    @classmethod
    def load(cls, path: Path, overrides: Sequence[str] = ()) -> Self:
        """Read a recipe.

        Args:
            path: The TOML file.
            overrides: `key=value` each, see `recipe_files.override`.

        Raises:
            DatasetError: If the file or an override is malformed, or a key is unknown.
        """
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise DatasetError(f"{path}: {error.strerror}") from error
        except ValueError as error:
            raise DatasetError(f"{path}: {error}") from error
        for each in overrides:
            override(values, each)
        try:
            return cls.model_validate(values, context={"folder": path.parent})
        except ValidationError as error:
            raise DatasetError(f"{path}: {explain(error, cls)}") from error

    @property
    def classes(self) -> tuple[str, ...]:
        """What the outputs of the model stand for."""
        raise NotImplementedError

    @property
    def architecture(self) -> dict[str, Any]:
        """What is built before weights are loaded: see `stayrank_models.manifests.Architecture`."""
        return self.start.model_dump(exclude={"weights"})

    def to_toml(self) -> str:
        """The recipe as TOML, every default written out."""
        return "\n".join(toml_lines(self.model_dump(mode="json"))) + "\n"


class TaggerRecipe(Recipe):
    """How a tagger is trained.

    Attributes:
        corrections: CSV of corrected tags within the data folder, see
            `stayrank_training.data.corrections`; empty corrects none.
        include_splits: Splits that are learnt from. `test` is never one of them.
        balance: Evens out the classes: each counts by its number of photos to the power of
            `1 - balance`. 0 leaves them as they are, 1 makes all equal.
        unknown_weight: How much a photo of another class counts; it is trained towards "any of
            the areas, equally". 0 leaves these photos out.
        logit_adjustment: Predicts rare classes more often (`stayrank_training.priors`): 0 does
            nothing, 1 takes the share of each class in the training photos out of account.
        label_smoothing: Probability mass spread over all classes; softens wrong labels.
        kept_share: Share of rightly tagged validation photos that the rejection threshold keeps.
        false_accept: If given, the threshold is instead the lowest that accepts at most this
            share of the unrelated validation photos.
        duplicate_threshold: Goes into the manifest: cosine from which embeddings are those of
            copies. Without, galleries take 0.9.
        taxonomy: The areas: `default`, a path relative to the recipe, or the areas themselves.
    """

    corrections: str = ""
    include_splits: tuple[Literal["train", "val"], ...] = Field(default=("train",), min_length=1)
    balance: float = Field(default=0.0, ge=0, le=1)
    unknown_weight: float = Field(default=0.0, ge=0)
    logit_adjustment: float = Field(default=0.0, ge=0, le=2)
    label_smoothing: float = Field(default=0.0, ge=0, lt=1)
    kept_share: float = Field(default=0.95, gt=0, le=1)
    false_accept: float | None = Field(default=None, ge=0, lt=1)
    duplicate_threshold: DuplicateThreshold | None = None
    taxonomy: Taxonomy = Field(default_factory=default_taxonomy)

    @property
    def classes(self) -> tuple[str, ...]:
        """The areas, then what is to be rejected, if the taxonomy names it."""
        return self.taxonomy.labels + self.taxonomy.unrelated

    @field_validator("taxonomy", mode="before")
    @classmethod
    def _read_taxonomy(cls, value: Any, info: ValidationInfo) -> Any:  # noqa: ANN401
        """A run's resolved recipe holds the areas themselves, and so needs no other file."""
        if not isinstance(value, str):
            return value
        folder = (info.context or {}).get("folder", Path())
        return default_taxonomy() if value == "default" else Taxonomy.load(folder / value)


class AestheticRecipe(Recipe):
    """How a NIMA model is trained.

    Attributes:
        train_labels: JSON of vote counts within the data folder, to train on.
        test_labels: The same, to report on.
        loss: `emd`, or `cross_entropy`, which forgets that ratings have an order.
        r: Order of the earth mover's distance in the loss.
        centred: Move the scores so that those of unseen photos of hotels are right on average,
            at no cost: see `calibration.rating_tilt`.
    """

    train_labels: str = "aesthetics/labels_train.json"
    test_labels: str = "aesthetics/labels_test.json"
    loss: Literal["emd", "cross_entropy"] = "emd"
    r: float = Field(default=2.0, ge=1)
    centred: bool = False

    @property
    def classes(self) -> tuple[str, ...]:
        """The ratings 1..10."""
        return RATING_LABELS


# What a model that is taught by two takes over from them.
_OF_ONE_TASK = (
    "teacher",
    "cross_fit",
    "label_smoothing",
    "logit_adjustment",
    "kept_share",
    "false_accept",
    "loss",
    "centred",
)


class DuoRecipe(TaggerRecipe, AestheticRecipe):
    """How a model for both tasks is taught by a tagger and a NIMA model.

    Its two halves answer like their teachers, and are calibrated like them.

    Attributes:
        teachers: Whom to learn from.
        branch: The last layer that both answers share; those behind it are there twice. Empty:
            they share all layers.
        rating_weight: Factor on the earth mover's distance in the sum of both losses.
    """

    teachers: Teachers = Teachers()
    branch: str = ""
    rating_weight: float = Field(default=5.0, gt=0)

    @property
    def architecture(self) -> dict[str, Any]:
        """See `Recipe.architecture`."""
        return {**super().architecture, "branch": self.branch}

    @model_validator(mode="after")
    def _taught_by_two(self) -> Self:
        fields = type(self).model_fields
        idle = [name for name in _OF_ONE_TASK if getattr(self, name) != fields[name].default]
        if idle:
            raise ValueError(f"{', '.join(idle)}: does nothing where `teachers` teach both tasks")
        return self
