"""The answer of an audit."""

from __future__ import annotations

from pydantic import Field

from stayrank_common.schemas import OrAbsent, Schema
from stayrank_gallery.audit.rules import Rule, Severity
from stayrank_gallery.schemas import Models


class Finding(Schema):
    """A rule that the gallery breaks."""

    rule: Rule
    severity: Severity
    title: str
    detail: str = Field(description="In plain words, with the numbers.")
    photos: list[str] = Field(
        description="Ids of the photos to blame; empty where some are missing."
    )
    area: OrAbsent[str] = Field(
        default=None,
        description="The area that is missing, the first where one of several would do.",
    )


class Replacement(Schema):
    """A photo to replace."""

    id: str
    reasons: list[str] = Field(description="The rules that it breaks, with the numbers.")


class Audit(Schema):
    """What a gallery lacks."""

    pack: str = Field(description="Name of the rule pack.")
    models: Models | None = Field(description="That tagged and rated the photos; null if unknown.")
    passed: bool = Field(description="Whether no finding is an error.")
    cover: str | None = Field(description="The photo that was taken for the cover: the first.")
    findings: list[Finding] = Field(description="Errors first.")
    replace_first: list[Replacement] = Field(
        description="Photos with faults, the most harmful first: by errors, by warnings, by the "
        "lowest mean score."
    )
