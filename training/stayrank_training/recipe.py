"""Recipes: everything that decides a training run, in one TOML file.

The data folder and the output folder are no part of it: they differ from machine to machine.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from stayrank_common.errors import DatasetError
from stayrank_common.images import Preprocessing
from stayrank_common.taxonomy import Taxonomy, default_taxonomy
from stayrank_models.artifacts import Name

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Start(_Part):
    """What to begin from.

    Attributes:
        backbone: A key of `stayrank_models.backbones.BACKBONES`.
        weights: A key of `stayrank_models.weights.CATALOGUE`.
        dropout: Rate before the last layer.
    """

    backbone: str = "mobilenet"
    weights: str = "mobilenet-imagenet"
    dropout: float = Field(default=0.2, ge=0, lt=1)


class Head(_Part):
    """Phase one: the last layer alone, on features that are computed once.

    Attributes:
        epochs: At most; training stops early where validation no longer improves.
        patience: Epochs without improvement before it stops.
        learning_rate: Of Adam.
        weight_decay: Pull of the weights towards zero, per unit of learning rate (AdamW).
        batch_size: Photos a step.
    """

    epochs: int = Field(default=100, ge=1)
    patience: int = Field(default=10, ge=1)
    learning_rate: float = Field(default=1e-3, gt=0)
    weight_decay: float = Field(default=1e-3, ge=0)
    batch_size: int = Field(default=64, ge=1)


class Finetune(_Part):
    """Phase two: all layers but the batch normalisations, with a low rate.

    Attributes:
        epochs: At most; 0 skips the phase.
        patience: Epochs without improvement before it stops.
        learning_rate: Of Adam after the first epoch; it falls to zero along a cosine.
        weight_decay: Pull of the weights towards zero, per unit of learning rate (AdamW).
        batch_size: Photos a step.
        crop: Share of each edge that a random crop may cut off.
    """

    epochs: int = Field(default=0, ge=0)
    patience: int = Field(default=3, ge=1)
    learning_rate: float = Field(default=3e-5, gt=0)
    weight_decay: float = Field(default=1e-4, ge=0)
    batch_size: int = Field(default=32, ge=1)
    crop: float = Field(default=0.0, ge=0, lt=0.5)


class Recipe(_Part):
    """What every recipe states.

    Attributes:
        name: Of the artifact.
        version: Of the artifact.
        seed: Of every random number.
        preprocessing: What the photos look like to the model.
        folds: The training hotels are dealt into so many folds. Without phase two, each fold stops
            the training on the others, and the heads are averaged; with it, the first fold is
            held out.
    """

    name: Name
    version: Name = "1.0.0"
    seed: int = 0
    preprocessing: Preprocessing = Preprocessing()
    start: Start = Start()
    head: Head = Head()
    finetune: Finetune = Finetune()
    folds: int = Field(default=5, ge=2)

    @classmethod
    def load(cls, path: Path, overrides: Sequence[str] = ()) -> Self:
        """Read a recipe.

        Args:
            path: The TOML file.
            overrides: `key=value` each; the key may be dotted, the value is TOML or plain text.

        Raises:
            DatasetError: If the file or an override is malformed, or a key is unknown.
        """
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise DatasetError(f"{path}: {error.strerror}") from error
        except ValueError as error:
            raise DatasetError(f"{path}: {error}") from error
        for override in overrides:
            _apply(values, override)
        try:
            return cls.model_validate(values, context={"folder": path.parent})
        except ValidationError as error:
            raise DatasetError(f"{path}: {error}") from error

    def to_toml(self) -> str:
        """The recipe as TOML, every default written out."""
        return "\n".join(_lines(self.model_dump(mode="json"), "")) + "\n"


class TaggerRecipe(Recipe):
    """How a tagger is trained.

    Attributes:
        photos: Folder of the photos within the data folder: with `manifest.csv`, or a tree
            `<split>/<tag>/<photo>`.
        hotel_weight: How much more a photo of a hotel counts than one of a general scene set.
        balance: Evens out the classes: each counts by its number of photos to the power of
            `1 - balance`. 0 leaves them as they are, 1 makes all equal.
        unknown_weight: How much a photo of another class counts; it is trained towards "any of
            the areas, equally". 0 leaves these photos out.
        label_smoothing: Probability mass spread over all classes; softens wrong labels.
        kept_share: Share of rightly tagged validation photos that the rejection threshold keeps.
        false_accept: Where given, the threshold is rather the lowest that accepts at most this
            share of the unrelated validation photos.
        taxonomy: The areas: `default`, a path relative to the recipe, or the areas themselves.
    """

    photos: str = "tagging"
    hotel_weight: float = Field(default=1.0, gt=0)
    balance: float = Field(default=0.0, ge=0, le=1)
    unknown_weight: float = Field(default=0.0, ge=0)
    label_smoothing: float = Field(default=0.0, ge=0, lt=1)
    kept_share: float = Field(default=0.95, gt=0, le=1)
    false_accept: float | None = Field(default=None, ge=0, lt=1)
    taxonomy: Taxonomy = Field(default_factory=default_taxonomy)

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
        photos: Folder of the photos within the data folder.
        train_labels: JSON of vote counts within the data folder, to train on.
        test_labels: The same, to report on.
        r: Order of the earth mover's distance in the loss.
        hotel_weight: How much more a photo of a hotel counts than one of another set.
    """

    photos: str = "tagging"
    train_labels: str = "aesthetics/labels_train.json"
    test_labels: str = "aesthetics/labels_test.json"
    r: float = Field(default=2.0, ge=1)
    hotel_weight: float = Field(default=1.0, gt=0)


def _apply(values: dict[str, Any], override: str) -> None:
    key, equals, text = override.partition("=")
    if not equals or not key:
        raise DatasetError(f"expected key=value, got {override!r}")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text
    *parents, last = key.split(".")
    for parent in parents:
        values = values.setdefault(parent, {})
        if not isinstance(values, dict):
            raise DatasetError(f"{override!r}: {parent!r} is no table of the recipe")
    values[last] = value


def _lines(table: dict[str, Any], prefix: str) -> list[str]:
    # JSON's strings, numbers, booleans and lists are TOML's as well.
    lines, below = [], []
    for key, value in table.items():
        if isinstance(value, dict):
            below += ["", f"[{prefix}{key}]", *_lines(value, f"{prefix}{key}.")]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for item in value:
                below += ["", f"[[{prefix}{key}]]", *_lines(item, f"{prefix}{key}.")]
        elif value is not None:
            lines.append(f"{key} = {json.dumps(value, ensure_ascii=False)}")
    return lines + below
