"""Which OpenTravel picture category an area has: data (`picture_categories.toml`)."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from pydantic import Field

from stayrank_common.schemas import Schema

_FILE = Path(__file__).with_name("picture_categories.toml")


class Category(Schema):
    """A value of the OpenTravel code list "Picture Category Code"."""

    code: int = Field(ge=1)
    name: str


class Categories(Schema):
    """Area → category."""

    version: str = Field(description="The list and its edition.")
    other: Category = Field(description="Of photos of no listed area.")
    areas: dict[str, Category]

    def of(self, area: str | None) -> Category:
        """The category of an area; None for a photo of no known one."""
        return self.areas.get(area, self.other) if area else self.other


@cache
def categories() -> Categories:
    """The packaged mapping."""
    return Categories.model_validate(tomllib.loads(_FILE.read_text(encoding="utf-8")))
