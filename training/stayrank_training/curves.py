"""Curves of a run as a table and as a picture."""

from __future__ import annotations

import csv
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    Row = Mapping[str, Any]

_COLUMNS = ("phase", "epoch", "loss", "val_loss", "learning_rate", "seconds")
_DPI = 120


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """Write curves as CSV.

    Args:
        path: The file.
        rows: One an epoch: `phase`, `epoch`, `loss`, `learning_rate`, `seconds`, and `val_loss`
            where photos were held out.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, _COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def draw_curves(path: Path, rows: Sequence[Row]) -> None:
    """Draw training and validation losses, one column of axes a kind of phase.

    Args:
        path: The PNG file.
        rows: As for `write_rows`; phases `head-0`, `head-1`, … share their axes.
    """
    from matplotlib.figure import Figure

    groups = {
        kind: list(group)
        for kind, group in groupby(rows, key=lambda row: row["phase"].rstrip("-0123456789"))
    }
    figure = Figure(figsize=(6 * max(len(groups), 1), 4), layout="constrained")
    panels = figure.subplots(1, max(len(groups), 1), squeeze=False)[0]
    for axes, (kind, group) in zip(panels, groups.items(), strict=True):
        for phase, members in groupby(group, key=lambda row: row["phase"]):
            epochs = list(members)
            x = [row["epoch"] for row in epochs]
            losses = [row["loss"] for row in epochs]
            (line,) = axes.plot(x, losses, ":", label=f"{phase}, learnt from")
            if all("val_loss" in row for row in epochs):
                held = [row["val_loss"] for row in epochs]
                axes.plot(x, held, color=line.get_color(), label=f"{phase}, held out")
        axes.set(title=kind, xlabel="epoch", ylabel="loss")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.legend(fontsize="x-small")
    figure.savefig(path, dpi=_DPI)


def draw_rates(path: Path, rates: Sequence[float], losses: Sequence[float], best: float) -> None:
    """Draw losses over learning rates, with the suggested rate.

    Args:
        path: The PNG file.
        rates: Rising.
        losses: Smoothed, one a rate.
        best: The suggestion.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot(rates, losses)
    axes.axvline(best, linestyle="--", color="tab:orange", label=f"suggested: {best:.1e}")
    axes.set(xscale="log", xlabel="learning rate", ylabel="smoothed loss")
    axes.legend()
    figure.savefig(path, dpi=_DPI)
