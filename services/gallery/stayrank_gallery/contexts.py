"""For whom a gallery is: tables of tag weights, as data (`contexts.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from stayrank_common.schemas import Schema

_FILE = Path(__file__).with_name("contexts.toml")


class TagWeight(Schema):
    """How much an area matters, and why."""

    weight: float = Field(ge=0, le=10, allow_inf_nan=False, description="1: as much as others.")
    reason: str = Field(min_length=1)


class Context(Schema):
    """A table of tag weights."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=1)
    weights: dict[str, TagWeight] = Field(
        default_factory=dict, description="By area; one that is missing weighs 1."
    )

    def of(self, areas: Sequence[str]) -> list[float]:
        """The weights of some areas, in their order."""
        return [self.weights[area].weight if area in self.weights else 1.0 for area in areas]


class Contexts(Schema):
    """Answer of `GET /contexts`."""

    contexts: list[Context] = Field(description="The first is the default.")

    def __getitem__(self, name: str) -> Context:
        return next(context for context in self.contexts if context.name == name)


@cache
def contexts() -> Contexts:
    """The packaged tables."""
    return Contexts.model_validate(tomllib.loads(_FILE.read_text(encoding="utf-8")))


def _known(name: str) -> str:
    names = _names()
    if name not in names:
        raise ValueError(f"there is no context {name!r}; there are: {', '.join(names)}")
    return name


def _names() -> list[str]:
    return [context.name for context in contexts().contexts]


ContextName = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": _names()})]
