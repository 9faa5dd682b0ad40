"""Rule packs: what a site asks of a gallery, as data.

    title = "Our shop window"
    about = "What it is modelled on, and for whom it is."

    [gallery]
    min_photos = 10
    max_duplicates = 0

    [photo]
    min_long_edge = 1024         # pixels
    min_sharpness = 0.8          # the measures of stayrank_common.look

    [cover]                      # the first photo
    not_areas = ["bathroom"]

    [[areas]]
    any_of = ["foyer", "reception"]
    min_photos = 1
    severity = "warning"

    [severity]
    duplicate = "error"          # instead of the rule's own

A rule that is left out asks for nothing. A pack is called as its file is, without `.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from stayrank_common.schemas import Probability, Schema, Score
from stayrank_gallery.audit.rules import Rule, Severity
from stayrank_gallery.rule_files import Rules, read_folder, read_rules

DEFAULT_PACK = "default"
_PACKAGED = Path(__file__).with_name("packs")

Count = Annotated[int, Field(ge=1)]
Area = Annotated[str, Field(min_length=1)]


class GalleryRules(Rules):
    """What is asked of the gallery as a whole; unreadable files count as no photos."""

    min_photos: Count | None = None
    max_photos: Count | None = None
    max_duplicates: int | None = Field(default=None, ge=0, description="Copies beside the best.")
    min_landscape_share: Probability | None = Field(
        default=None, description="Share of the photos at least as wide as high."
    )


class PhotoRules(Rules):
    """What is asked of each photo; the measures are those of its `look`."""

    min_long_edge: Count | None = Field(default=None, description="Pixels.")
    min_short_edge: Count | None = Field(default=None, description="Pixels.")
    max_bytes: Count | None = None
    min_sharpness: float | None = Field(default=None, ge=0, le=4)
    min_luminance: Probability | None = None
    min_highlight: Probability | None = None
    max_clipped_share: Probability | None = None
    max_tilt_degrees: float | None = Field(default=None, gt=0, le=20)
    min_mean: Score | None = Field(default=None, description="Of the predicted mean score.")
    allow_unrelated: bool = Field(default=True, description="Photos of no known area.")


class CoverRules(Rules):
    """What is asked of the first photo, beside what is asked of each."""

    areas: tuple[Area, ...] = Field(default=(), description="It shows one of them; any if empty.")
    not_areas: tuple[Area, ...] = ()
    landscape: bool = Field(default=False, description="It is at least as wide as high.")
    min_mean: Score | None = Field(default=None, description="Of the predicted mean score.")


class AreaRule(Rules):
    """An area that must be shown; copies and unrelated photos do not count."""

    any_of: tuple[Area, ...] = Field(min_length=1, description="Areas of which each counts.")
    min_photos: Count = 1
    severity: Severity | None = Field(default=None, description="That of the rule if absent.")
    note: str = Field(default="", description="For whom it holds, for example.")


class Pack(Rules):
    """What a site asks of a gallery."""

    title: str = Field(min_length=1)
    about: str = Field(min_length=1, description="What it is modelled on.")
    gallery: GalleryRules = GalleryRules()
    photo: PhotoRules = PhotoRules()
    cover: CoverRules = CoverRules()
    areas: tuple[AreaRule, ...] = ()
    severity: dict[Rule, Severity] = Field(
        default={}, description="Of rules that are to weigh other than by themselves."
    )

    def severity_of(self, rule: Rule) -> Severity:
        """How bad it is to break a rule; an area may have its own."""
        return self.severity.get(rule, rule.severity)


class NamedPack(Schema):
    """A pack and its name."""

    name: str
    pack: Pack


class Packs(Schema):
    """Answer of `GET /packs`."""

    packs: list[NamedPack] = Field(description="The first is the default.")

    @classmethod
    def of(cls, packs: Mapping[str, Pack]) -> Packs:
        """List packs by name, the default before the others."""
        names = sorted(packs, key=lambda name: (name != DEFAULT_PACK, name))
        return cls(packs=[NamedPack(name=name, pack=packs[name]) for name in names])


@cache
def _packaged() -> dict[str, Pack]:
    return read_folder(_PACKAGED, Pack, "rule pack")


def load_packs(folder: Path | None = None) -> dict[str, Pack]:
    """The packaged packs, and those of a folder, which go before packaged ones of the same name.

    Raises:
        ConfigurationError: If the folder has none, or a file is not a pack.
    """
    return _packaged() | (read_folder(folder, Pack, "rule pack") if folder else {})


def read_pack(path: Path) -> NamedPack:
    """Read a pack from its file.

    Raises:
        ConfigurationError: If the file is missing or not a pack; it names the key.
    """
    return NamedPack(name=path.stem, pack=read_rules(path, Pack, "rule pack"))
