"""`stayrank evaluate parity`: whether a model's faster ways give the answers of the exact one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stayrank_cli.console import show_json, show_table, with_progress
from stayrank_models.engines import Runtime

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stayrank_training.evaluation.parity_report import WayParity


def parity(
    data: Annotated[Path, typer.Argument(help="A tagged dataset; its test photos count.")],
    labels: Annotated[
        Path | None, typer.Option(help="Their ratings (image_id and ten vote counts).")
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(help="`name`, `name:version` or a folder; by default each shipped one."),
    ] = None,
    runtime: Annotated[
        Runtime, typer.Option(help="keras or keras-gpu judge f16, the others bf16 and int8.")
    ] = "auto",
    record: Annotated[
        bool, typer.Option("--record", help="Write into the manifests which precisions pass.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Compare a model's faster ways (scaled decode, bf16, int8, f16) with full decode and float32.

    Exits 1 where a precision that a model is recorded to offer, or the scaled decode, fails.
    """
    from stayrank_common.errors import DatasetError
    from stayrank_models.artifacts import DEFAULT_AESTHETIC, DEFAULT_TAGGER, find
    from stayrank_training.data.photos import read_photos
    from stayrank_training.data.votes import read_votes
    from stayrank_training.evaluation.parity_report import (
        ParityReport,
        engines_to_judge,
        measure_parity,
        record_parity,
    )

    photos = [photo for photo in read_photos(data) if photo.split == "test"]
    votes = read_votes(labels, data) if labels else {}
    failed = False
    for artifact in map(find, model or (DEFAULT_TAGGER, DEFAULT_AESTHETIC)):
        if artifact.manifest.task != "tagging" and not votes:
            raise DatasetError(f"{artifact.info.name} is judged on rated photos: give --labels")
        engines = engines_to_judge(artifact, runtime)
        ways = measure_parity(artifact, engines, photos, votes, with_progress)
        judged = record_parity(artifact, ways) if record else artifact
        offered = ("f32", *judged.manifest.precisions)
        failed |= any(w.misses for w in ways if w.decode == "scaled" and w.precision in offered)
        if json:
            show_json(ParityReport(model=judged.info, ways=ways))
        else:
            _show(judged.info.name, ways)
    if failed:
        raise typer.Exit(1)


def _show(name: str, ways: Sequence[WayParity]) -> None:
    from rich.table import Table

    columns = [column for column in ways[0].figures if column != "photos"]
    photos = f"{name}, {ways[0].figures['photos']:.0f} photos"
    table = Table("Decode", "Precision", *columns, "Passes", caption=photos)
    for way in ways:
        figures = [f"{way.figures[column]:.4f}" for column in columns]
        table.add_row(way.decode, way.precision, *figures, "; ".join(way.misses) or "yes")
    show_table(table)
