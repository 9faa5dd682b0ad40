"""Confidence against accuracy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stayrank_training.evaluation.plots.canvas import (
    ACCENT,
    FAINT,
    SECOND,
    legend,
    new_figure,
    svg,
)

if TYPE_CHECKING:
    from markupsafe import Markup

    from stayrank_training.evaluation.reliability import Calibration


def reliability_diagram(found: Calibration) -> Markup:
    """Accuracy over confidence, raw and served, above the number of photos in each bin.

    Reference:
        DeGroot and Fienberg, "The comparison and evaluation of forecasters", 1983.
    """
    figure, (axis, counts) = new_figure(rows=(3, 1))
    axis.plot([0, 1], [0, 1], color=FAINT, linestyle=":", label="perfect")
    for part, colour, marker in ((found.raw, SECOND, "s--"), (found.served, ACCENT, "o-")):
        name = "raw" if part is found.raw else "served"
        x, y = [b.confidence for b in part.bins], [b.accuracy for b in part.bins]
        axis.plot(x, y, marker, color=colour, markersize=5, label=f"{name}, ECE {part.ece:.3f}")
    axis.set(ylabel="share that is right", xlim=(0, 1), ylim=(0, 1.02))
    legend(axis)
    served = found.served.bins
    width = served[0].high - served[0].low
    counts.bar([b.low + width / 2 for b in served], [b.photos for b in served], 0.9 * width)
    for bar in counts.patches:
        bar.set_color(ACCENT)
    counts.set(xlabel="largest probability", ylabel="photos")
    return svg(
        figure,
        "reliability",
        f"Reliability diagram: expected calibration error {found.raw.ece:.3f} raw and "
        f"{found.served.ece:.3f} as served. The table that follows has the numbers.",
    )
