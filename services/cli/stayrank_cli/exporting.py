"""`stayrank rank --export`: the order as a file."""

from __future__ import annotations

from pathlib import Path

import typer

from stayrank_cli.console import write_file
from stayrank_gallery.exports import ExportFormat, export
from stayrank_gallery.schemas import RankResponse


def form_of(path: Path) -> ExportFormat:
    """The form that a file's name asks for.

    Raises:
        typer.BadParameter: If it ends with none of them.
    """
    for form in ExportFormat:
        if path.suffix.lower() == form.suffix:
            return form
    suffixes = ", ".join(form.suffix for form in ExportFormat)
    raise typer.BadParameter(f"--export {path}: the name must end with one of {suffixes}")


def write_export(response: RankResponse, path: Path) -> None:
    """Write an order.

    Raises:
        typer.BadParameter: If the file cannot be written.
    """
    write_file(path, export(response, form_of(path)))
