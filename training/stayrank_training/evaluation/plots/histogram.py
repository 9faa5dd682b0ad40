"""How given and predicted mean scores are spread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stayrank_training.evaluation.plots.canvas import ACCENT, SECOND, legend, new_figure, svg

if TYPE_CHECKING:
    from markupsafe import Markup

    from stayrank_training.evaluation.aesthetic_report import ScoreHistogram


def score_histogram(found: ScoreHistogram) -> Markup:
    """Predicted scores as bars, given ones as an outline."""
    figure, (axis,) = new_figure()
    axis.stairs(
        found.predicted, found.edges, fill=True, color=ACCENT, alpha=0.55, label="predicted"
    )
    axis.stairs(found.given, found.edges, color=SECOND, linewidth=2, label="given")
    axis.set(xlabel="mean score", ylabel="photos", xlim=(1, 10))
    legend(axis)
    return svg(
        figure,
        "histogram",
        "Histogram of given and predicted mean scores. The table that follows has the numbers.",
    )
