"""`stayrank doctor`: whether a stack is well."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stayrank_cli.console import plain, show_json, show_table
from stayrank_cli.serve import PORTS, port_of

if TYPE_CHECKING:
    from stayrank_cli.diagnosis import Diagnosis


def doctor(
    urls: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="URL…",
            help="Services; where a host has several addresses, each is asked. "
            "By default those that `stayrank serve` starts.",
            show_default=False,
        ),
    ] = None,
    canary: Annotated[
        bool, typer.Option("--canary", help="Two versions of a model are meant to run.")
    ] = False,
    photo: Annotated[
        Path | None,
        typer.Option(dir_okay=False, exists=True, help="The photo to send to each."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Check a stack: releases, readiness, equal models, and the time of a photo in each stage.

    Exits 1 where something is wrong.
    """
    from stayrank_cli.diagnosis import diagnose

    local = [f"http://127.0.0.1:{port_of(service)}" for service in PORTS]
    content = photo.read_bytes() if photo else None
    diagnosis = diagnose(urls or local, canary=canary, photo=content)
    if json:
        show_json(diagnosis)
    else:
        _show(diagnosis)
    if diagnosis.problems:
        raise typer.Exit(1)


def _show(diagnosis: Diagnosis) -> None:
    from rich.table import Table

    table = Table("Service", "Address", "Release", "Models", "Milliseconds of a photo")
    for checkup in diagnosis.checkups:
        models = ", ".join(
            f"{info.name}:{info.version} ({info.sha256[:12]})" for info in checkup.models.values()
        )
        stages = ", ".join(f"{name} {1000 * s:.1f}" for name, s in checkup.stages_s.items())
        row = (checkup.service, checkup.place, checkup.release, models, checkup.problem or stages)
        table.add_row(*(plain(cell or "") for cell in row))
    show_table(table)
    for problem in diagnosis.problems:
        typer.echo(plain(f"Wrong: {problem}"), err=True)
    if not diagnosis.problems:
        typer.echo("All is well.")
