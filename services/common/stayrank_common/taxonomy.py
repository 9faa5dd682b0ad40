"""Which areas a tagger tells apart: data, so that another set needs no code.

    [[areas]]
    id = "fitness_studio"                              # the tag, in answers and in files
    names = { en = "fitness studio", de = "Fitnessraum" }
    folders = ["gym"]                                  # of the dataset; by default the id
    threshold = 0.6                                    # its own, instead of the fitted one

    [rejection]                                        # optional
    folders = ["other"]                                # what is to be rejected

The folder `*` stands for all that nothing else claims, so that two areas make a binary tagger.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from stayrank_common.errors import DatasetError
from stayrank_common.repeats import first_repeated

DEFAULT = Path(__file__).with_name("taxonomy.toml")
REST = "*"

AreaId = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:_[a-z0-9]+)*$", max_length=40)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(?:-[A-Za-z0-9]+)*$")]
Folders = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Area(_Part):
    """One area.

    Attributes:
        id: The tag.
        names: Language → how people call it; English (`en`) at least.
        folders: The classes of the dataset that show it; by default its id.
        threshold: A photo of this area is rejected below, whatever was fitted for the others.
    """

    id: AreaId
    names: dict[Language, str]
    folders: Folders
    threshold: float | None = Field(default=None, ge=0, le=1)

    @model_validator(mode="before")
    @classmethod
    def _own_folder(cls, values: Any) -> Any:  # noqa: ANN401
        if isinstance(values, dict) and "id" in values:
            return {"folders": [values["id"]], **values}
        return values

    @field_validator("names")
    @classmethod
    def _english(cls, names: dict[str, str]) -> dict[str, str]:
        if not names.get("en"):
            raise ValueError("an area needs an English name: names = { en = … }")
        return names


class Rejection(_Part):
    """What the tagger learns to reject.

    Attributes:
        folders: Classes of the dataset that show no area.
    """

    folders: Folders


class Taxonomy(_Part):
    """The areas that a tagger tells apart, and what it rejects.

    Attributes:
        areas: At least two; their order is that of the model's outputs.
        rejection: Trained as one further output after the areas; none where absent.
    """

    areas: tuple[Area, ...] = Field(min_length=2)
    rejection: Rejection | None = None

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a taxonomy.

        Raises:
            DatasetError: If the file is missing or not of the form above.
        """
        try:
            return cls.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise DatasetError(f"{path}: {error.strerror}") from error
        except (ValidationError, ValueError) as error:
            raise DatasetError(f"{path}: not a taxonomy: {error}") from error

    @property
    def labels(self) -> tuple[str, ...]:
        """The tags, in the order of the model's outputs."""
        return tuple(area.id for area in self.areas)

    @property
    def unrelated(self) -> tuple[str, ...]:
        """Names of the outputs after the labels: the first folder to reject, or nothing."""
        return self.rejection.folders[:1] if self.rejection else ()

    @property
    def thresholds(self) -> dict[str, float]:
        """Tag → its own threshold, of the areas that state one."""
        return {area.id: area.threshold for area in self.areas if area.threshold is not None}

    def output(self, folder: str) -> int | None:
        """The position of the output that a class of the dataset belongs to; None if to none.

        >>> default_taxonomy().output("bathroom"), default_taxonomy().output("gym")
        (1, None)
        """
        owners = self._owners
        return owners.get(folder, owners.get(REST))

    def words(self, tag: str, language: str = "en") -> str:
        """The tag as people write it: in English where the language is missing.

        >>> default_taxonomy().words("swimming_pool"), default_taxonomy().words("kitchen", "de")
        ('swimming pool', 'Küche')
        """
        for area in self.areas:
            if area.id == tag:
                return area.names.get(language, area.names["en"])
        return tag.replace("_", " ")

    @property
    def _owners(self) -> dict[str, int]:
        rejected = {folder: len(self.areas) for folder in (self.rejection or _NOTHING).folders}
        return {f: i for i, area in enumerate(self.areas) for f in area.folders} | rejected

    @model_validator(mode="after")
    def _claim_once(self) -> Self:
        if repeated := first_repeated(self.labels + self.unrelated):
            raise ValueError(f"two outputs would have the name {repeated!r}")
        folders = [folder for area in self.areas for folder in area.folders]
        folders += (self.rejection or _NOTHING).folders
        if repeated := first_repeated(folders):
            raise ValueError(f"the folder {repeated!r} is claimed twice")
        return self


_NOTHING = Rejection.model_construct(folders=())


@cache
def default_taxonomy() -> Taxonomy:
    """The packaged taxonomy of eight areas."""
    return Taxonomy.load(DEFAULT)
