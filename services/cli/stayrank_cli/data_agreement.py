"""`stayrank data agreement`: whether people who decide on labels mean the same by them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stayrank_cli.console import plain, show_json, show_table


def agreement(
    corrections: Annotated[
        list[Path], typer.Argument(help="What each person saved from the page of `clean`.")
    ],
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare decisions of two people or more: Fleiss' kappa of each class, and what is disputed.

    Photos that not everybody decided on are left out.
    """
    from rich.table import Table

    from stayrank_training.data.agreement import agreement as compare
    from stayrank_training.data.corrections import read_corrections

    answer = compare([read_corrections(path) for path in corrections])
    if json:
        show_json(answer)
        return
    classes = Table("Class", "Photos", "Kappa")
    for name, found in answer.classes.items():
        classes.add_row(plain(name), str(found.photos), _figure(found.kappa))
    classes.add_row("all", str(answer.photos), _figure(answer.kappa))
    show_table(classes)
    if answer.disputed:
        disputed = Table("Disputed")
        for path in corrections:
            disputed.add_column(plain(path.name))
        for file, given in answer.disputed.items():
            disputed.add_row(*map(plain, (file, *given)))
        show_table(disputed)


def _figure(kappa: float | None) -> str:
    return "none" if kappa is None else f"{kappa:.3f}"
