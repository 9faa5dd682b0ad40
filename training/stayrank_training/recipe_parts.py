"""The tables of a recipe: where to start from, the two phases, what chance changes, a teacher."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Probability = Annotated[float, Field(ge=0, le=1)]
Schedule = Literal["constant", "one_cycle"]


class Part(BaseModel):
    """A table of a recipe; a key that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Start(Part):
    """What to begin from.

    Attributes:
        backbone: A key of `stayrank_models.backbones.BACKBONES`.
        weights: A key of `stayrank_models.weights.CATALOGUE`, or an installed model; for a model
            for both tasks a tagger and a NIMA model with `+` between; or `random`, for trials.
        dropout: Rate before the last layer.
        options: Further arguments of the backbone, for example `alpha`.
    """

    backbone: str = "mobilenet"
    weights: str = "mobilenet-imagenet"
    dropout: float = Field(default=0.2, ge=0, lt=1)
    options: dict[str, float] = Field(default_factory=dict)


class Head(Part):
    """Phase one: the last layer alone, on features that are computed once.

    Attributes:
        epochs: At most; training stops early where validation no longer improves.
        patience: Epochs without improvement before it stops.
        learning_rate: Of Adam; the highest one of the schedule.
        schedule: `constant`, or `one_cycle`: up, then down along a cosine.
        warmup: Share of the steps on which `one_cycle` rises.
        weight_decay: Pull of the weights towards zero, per unit of learning rate (AdamW).
        batch_size: Photos a step.
        augmented_copies: So many randomly changed copies of each photo are learnt from as well,
            beside the photo itself and its mirror image. Each costs as much as these.
    """

    epochs: int = Field(default=100, ge=1)
    patience: int = Field(default=10, ge=1)
    learning_rate: float = Field(default=1e-3, gt=0)
    schedule: Schedule = "constant"
    warmup: float = Field(default=0.1, gt=0, lt=1)
    weight_decay: float = Field(default=1e-3, ge=0)
    batch_size: int = Field(default=64, ge=1)
    augmented_copies: int = Field(default=0, ge=0)


class Finetune(Part):
    """Phase two: all layers but the batch normalisations, with a low rate.

    Attributes:
        epochs: At most; 0 skips the phase.
        fold_epochs: Of the models of the folds, where the recipe cross-fits; 0: `epochs` as well.
        patience: Epochs without improvement before it stops.
        learning_rate: The highest one of the schedule.
        schedule: `one_cycle`: up, then down along a cosine; or `constant`.
        warmup: Share of the steps on which `one_cycle` rises.
        weight_decay: Pull of the weights towards zero, per unit of learning rate (AdamW).
        clip_norm: Gradients longer than this are shortened to it; 0 leaves them.
        batch_size: Photos a step.
        draws: Photos an epoch, drawn with probabilities like their weights; 0 shows each photo
            once an epoch, weighted in the loss.
        frozen_through: Name of the last layer that stays as it is, with all before it; empty
            opens all.
        precision: `float32`, `mixed_bfloat16`, or `auto`: the latter on a GPU.
    """

    epochs: int = Field(default=0, ge=0)
    fold_epochs: int = Field(default=0, ge=0)
    patience: int = Field(default=3, ge=1)
    learning_rate: float = Field(default=3e-5, gt=0)
    schedule: Schedule = "one_cycle"
    warmup: float = Field(default=0.1, gt=0, lt=1)
    weight_decay: float = Field(default=1e-4, ge=0)
    clip_norm: float = Field(default=0.0, ge=0)
    batch_size: int = Field(default=32, ge=1)
    draws: int = Field(default=0, ge=0)
    frozen_through: str = ""
    precision: Literal["auto", "float32", "mixed_bfloat16"] = "auto"


class Crop(Part):
    """A random part of the photo, stretched to the whole.

    Attributes:
        scale: Smallest and largest share of the area.
        aspect: Smallest and largest factor on width over height.
        probability: Of a photo to be cropped.
    """

    scale: tuple[float, float] = (0.6, 1.0)
    aspect: tuple[float, float] = (0.8, 1.25)
    probability: Probability = 0.0

    @model_validator(mode="after")
    def _bounds(self) -> Self:
        if not 0 < self.scale[0] <= self.scale[1] <= 1:
            raise ValueError("scale is two rising shares in (0, 1]")
        if not 0 < self.aspect[0] <= self.aspect[1]:
            raise ValueError("aspect is two rising positive factors")
        return self


class Rotation(Part):
    """A small turn, magnified so that no empty corner shows.

    Attributes:
        degrees: At most, to either side.
        probability: Of a photo to be turned.
    """

    degrees: float = Field(default=5.0, ge=0, le=45)
    probability: Probability = 0.0


class Colour(Part):
    """Other light: each strength s means a random factor in 1 ± s.

    Attributes:
        brightness: Of all values.
        contrast: Of the distance to the mean grey.
        saturation: Of the distance to grey.
        hue: At most this share of the full circle, to either side.
        probability: Of a photo to be changed.
    """

    brightness: float = Field(default=0.2, ge=0, lt=1)
    contrast: float = Field(default=0.2, ge=0, lt=1)
    saturation: float = Field(default=0.2, ge=0, lt=1)
    hue: float = Field(default=0.02, ge=0, le=0.5)
    probability: Probability = 0.0


class Degradation(Part):
    """Poorer copies, so that resolution does not give the class away.

    Attributes:
        edge: The photo is made so many pixels wide and high (smallest and largest), then
            enlarged again.
        resolution_probability: Of that.
        blur: Radius of a Gaussian blur in pixels (smallest and largest).
        blur_probability: Of that.
        jpeg_quality: Lowest and highest, 1..95.
        jpeg_probability: Of compressing the photo with it, at its smaller size if it has one.
    """

    edge: tuple[int, int] = (64, 200)
    resolution_probability: Probability = 0.0
    blur: tuple[float, float] = (0.3, 1.5)
    blur_probability: Probability = 0.0
    jpeg_quality: tuple[int, int] = (30, 90)
    jpeg_probability: Probability = 0.0

    @model_validator(mode="after")
    def _bounds(self) -> Self:
        if not 8 <= self.edge[0] <= self.edge[1]:
            raise ValueError("edge is two rising numbers of at least 8 pixels")
        if not 0 <= self.blur[0] <= self.blur[1]:
            raise ValueError("blur is two rising radii of at least 0 pixels")
        if not 1 <= self.jpeg_quality[0] <= self.jpeg_quality[1] <= 95:
            raise ValueError("jpeg_quality is two rising numbers in 1..95")
        return self


class Augmentation(Part):
    """What chance changes about a photo each time it is seen in phase two.

    By default photos are mirrored and nothing else: colours, sharpness and composition are what
    an aesthetic rating is about. Recipes switch on what their task can bear.

    Attributes:
        flip_probability: Of a photo to be mirrored left to right.
        crop: A random part.
        rotation: A small turn.
        colour: Other light.
        degradation: Low resolution, blur, compression.
        mixup: Strength a of mixing photos and their targets in pairs, with a share drawn from
            Beta(a, a); 0 mixes none (Zhang et al., ICLR 2018).
    """

    flip_probability: Probability = 0.5
    crop: Crop = Crop()
    rotation: Rotation = Rotation()
    colour: Colour = Colour()
    degradation: Degradation = Degradation()
    mixup: float = Field(default=0.0, ge=0)


class Teacher(Part):
    """Another model's opinion to learn from (Hinton et al. 2015, "Distilling the Knowledge").

    The target of a photo becomes `(1 − weight) · label + weight · teacher`.

    Attributes:
        probabilities: `.npz` within the data folder, as `out_of_fold.npz` of a run: `files` (names
            as in the manifest), `classes`, and `probabilities` `(photos, classes)`. Empty, with the
            recipe's `cross_fit`: the models of the folds, each for the photos that it has not seen.
        weight: Share of the teacher in the targets.
        temperature: Above 1 softens the teacher: `p ∝ p^(1/temperature)`.
        unlabelled_weight: How much a training photo counts that has no label of this task, but
            that the teacher knows; 0 leaves these out.
        least: A photo of another set than a hotel's is not learnt from where the teacher gives
            its label less probability than this; 0 keeps all.
    """

    probabilities: str = ""
    weight: float = Field(default=0.5, ge=0, le=1)
    temperature: float = Field(default=1.0, gt=0)
    unlabelled_weight: float = Field(default=0.0, ge=0)
    least: Probability = 0.0


class Teachers(Part):
    """Two models that a model for both tasks learns from, each view of a photo as they see it.

    What a label leaves open of a target, the teacher's answer to the same view fills: a share
    `weight` where there is a label, all of it where there is none.

    Attributes:
        tagging: A tagger, as `stayrank_models.artifacts.find` takes it.
        aesthetics: A NIMA model.
        weight: Share of the teachers in the targets of labelled photos.
        unlabelled_weight: How much a photo that nobody rated counts beside a rated one.
        least: The tag of a photo of another set than a hotel's is not learnt where the teacher
            gives it less probability than this; 0 keeps all.
    """

    tagging: str = "tagger-mobilenet"
    aesthetics: str = "nima-mobilenet"
    weight: Probability = 0.5
    unlabelled_weight: float = Field(default=0.3, ge=0)
    least: Probability = 0.0
