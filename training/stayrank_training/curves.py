"""Curves of a run as a table and as a picture."""

from __future__ import annotations

import csv
import math
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from matplotlib.axes import Axes

    Row = Mapping[str, Any]

_NO_MEASURES = {"phase", "epoch", "learning_rate", "seconds"}
_HELD_OUT = "val_"  # stands before the name of a measure of photos that were held out
_DPI = 120


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """Write curves as CSV.

    Args:
        path: The file.
        rows: One an epoch: `phase`, `epoch`, `loss` and metrics, `learning_rate`, `seconds`; and
            where photos were held out, `val_loss` and so on.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, _columns(rows))
        writer.writeheader()
        writer.writerows(rows)


def draw_curves(path: Path, rows: Sequence[Row]) -> None:
    """Draw losses and metrics: one row of axes a measure, one column a kind of phase.

    Args:
        path: The PNG file.
        rows: As for `write_rows`; phases `head-0`, `head-1`, … share their axes.
    """
    from matplotlib.figure import Figure

    groups = {
        kind: list(group)
        for kind, group in groupby(rows, key=lambda row: row["phase"].rstrip("-0123456789"))
    }
    columns = (name for name in _columns(rows) if name not in _NO_MEASURES)
    measures = [name for name in columns if not name.startswith(_HELD_OUT)]
    figure = Figure(figsize=(6 * len(groups), 4 * len(measures)), layout="constrained")
    grid = figure.subplots(len(measures), len(groups), squeeze=False)
    for measure, panels in zip(measures, grid, strict=True):
        for axes, (kind, group) in zip(panels, groups.items(), strict=True):
            for phase, epochs in groupby(group, key=lambda row: row["phase"]):
                _draw_phase(axes, phase, measure, list(epochs))
            axes.set(title=kind, xlabel="epoch", ylabel=measure.replace("_", " "))
            axes.xaxis.get_major_locator().set_params(integer=True)
            axes.legend(fontsize="x-small")
    figure.savefig(path, dpi=_DPI)


def _draw_phase(axes: Axes, phase: str, measure: str, epochs: list[Row]) -> None:
    x = [row["epoch"] for row in epochs]
    learnt = [row.get(measure, math.nan) for row in epochs]
    (line,) = axes.plot(x, learnt, ":", label=f"{phase}, learnt from")
    held = f"{_HELD_OUT}{measure}"
    if all(held in row for row in epochs):
        y = [row[held] for row in epochs]
        axes.plot(x, y, color=line.get_color(), label=f"{phase}, held out")


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


def _columns(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))
