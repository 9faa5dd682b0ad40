"""What `stayrank filter` says of each photo, as `--json` and `--csv`."""

from __future__ import annotations

import csv
from pathlib import Path

from pydantic import Field

from stayrank_cli.console import writing
from stayrank_common.cells import to_cell
from stayrank_common.schemas import ModelInfo, Probability, Schema, Score
from stayrank_gallery.policy import Violation


class JudgedPhoto(Schema):
    """What became of one photo; what was not looked at is absent."""

    id: str
    kept: bool
    violations: list[Violation] = Field(description="The rules that it breaks; empty if kept.")
    top_tag: str | None = None
    tag_probability: Probability | None = None
    mean: Score | None = None
    pixels: int | None = None

    @property
    def why(self) -> str:
        """All violations on one line."""
        return "; ".join(f"{broken.rule}: {broken.detail}" for broken in self.violations)


class Filtered(Schema):
    """The verdict on all photos, in the order they came in."""

    tagger: ModelInfo
    aesthetic: ModelInfo | None = Field(description="None where no rule asks for a mean score.")
    applied: bool = Field(description="Whether the kept photos were copied.")
    photos: list[JudgedPhoto]


def write_csv(verdict: Filtered, path: Path) -> None:
    """Write a line a photo; see `cells` for text that a spreadsheet would run.

    Raises:
        typer.BadParameter: If the file cannot be written.
    """
    columns = ("id", "kept", "top_tag", "tag_probability", "mean", "pixels")
    with writing(path), path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow([*columns, "rules", "why"])
        for photo in verdict.photos:
            _, *values = (getattr(photo, column) for column in columns)
            rules = " ".join(broken.rule for broken in photo.violations)
            lines.writerow([to_cell(photo.id), *values, rules, photo.why])
