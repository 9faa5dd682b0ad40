"""Matplotlib figures as SVG that lives inside a page: its text, its colours, light and dark."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from markupsafe import Markup
from matplotlib import rc_context
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Colours to draw with. Each stands for a variable of the page's style sheet, which knows whether
# it is day or night.
INK, FAINT, LINE, ACCENT, SECOND = "#010101", "#020202", "#030303", "#040404", "#050505"
_VARIABLES = {INK: "ink", FAINT: "faint", LINE: "line", ACCENT: "accent", SECOND: "second"}
# Inches of 72 units: about as wide as a phone, where text of 10 units stays readable.
_WIDE, _SQUARE = (5.2, 3.9), (4.6, 4.6)


def new_figure(
    rows: tuple[float, ...] = (1.0,), *, square: bool = False
) -> tuple[Figure, list[Axes]]:
    """Start a figure.

    Args:
        rows: Heights of its axes, from top to bottom, relative to each other.
        square: Whether to draw as high as wide.

    Returns:
        The figure, and its axes; those below the first share its horizontal axis.
    """
    with rc_context({"font.size": 10}):
        figure = Figure(figsize=_SQUARE if square else _WIDE, layout="constrained")
        grid = figure.subplots(len(rows), 1, sharex=True, height_ratios=rows, squeeze=False)
        axes = list(grid[:, 0])
        for axis in axes:
            axis.tick_params(colors=FAINT, labelcolor=FAINT)
            axis.xaxis.label.set_color(INK)
            axis.yaxis.label.set_color(INK)
            axis.grid(visible=True, color=LINE, linewidth=0.7)
            axis.set_axisbelow(True)
            for side, spine in axis.spines.items():
                spine.set_visible(side in ("left", "bottom"))
                spine.set_color(FAINT)
    return figure, axes


def legend(axis: Axes) -> None:
    """Name what was drawn with a label."""
    axis.legend(frameon=False, labelcolor=INK, fontsize=9)


def svg(figure: Figure, name: str, description: str) -> Markup:
    """Draw a figure.

    Args:
        figure: Of `new_figure`.
        name: Unique in the page: what the ids inside begin with.
        description: What the plot shows, for those who cannot see it.

    Returns:
        An `<svg>` element without anything that lies outside itself.
    """
    content = io.StringIO()
    # Text stays text; the salt makes the ids, and so the page, the same every time.
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(content, format="svg", transparent=True, metadata={"Date": None})
    drawn = content.getvalue()
    drawn = drawn[drawn.index("<svg") :]
    drawn = re.sub(r"<metadata>.*?</metadata>", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", drawn)
    drawn = re.sub(r"font: [\d.]+px [^;\"]*", lambda m: _own_font(m[0]), drawn)
    for colour, variable in _VARIABLES.items():
        drawn = drawn.replace(colour, f"var(--{variable})")
    label = Markup.escape(description)
    return Markup(drawn.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1))  # noqa: S704


def _own_font(font: str) -> str:
    """Keep the size; the family is the page's."""
    size = re.search(r"[\d.]+px", font)
    return f"font-size: {size[0]}" if size else font
