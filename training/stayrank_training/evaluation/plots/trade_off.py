"""What variety costs: rating against coverage as λ moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stayrank_common.tags import words
from stayrank_training.evaluation.plots.canvas import (
    ACCENT,
    FAINT,
    INK,
    SECOND,
    legend,
    new_figure,
    svg,
)

if TYPE_CHECKING:
    from markupsafe import Markup

    from stayrank_training.evaluation.ranking_report import RankingReport

_STYLES = (("coverage", ACCENT, "o-"), ("mmr", SECOND, "s--"))
_POINTS = (("round_robin", "^", INK), ("random", "x", FAINT))


def trade_off_plot(report: RankingReport) -> Markup:
    """One line a strategy that takes λ, one point a λ; the others are points of their own."""
    figure, (axis,) = new_figure()
    for strategy, colour, marker in _STYLES:
        points = report.trade_offs[strategy]
        x, y = [p.s_recall for p in points], [p.rating for p in points]
        axis.plot(x, y, marker, color=colour, markersize=4, label=strategy)
    for point in report.trade_offs["coverage"]:
        if point.trade_off in (0, 1) or point.trade_off == report.trade_off:
            axis.annotate(
                f"λ {point.trade_off:g}",
                (point.s_recall, point.rating),
                xytext=(6, 6),
                textcoords="offset points",
                color=INK,
                fontsize=9,
            )
    means = {s.strategy: {f.name: f.value for f in s.figures} for s in report.strategies}
    for strategy, marker, colour in _POINTS:
        own = means[strategy]
        axis.plot([own["s_recall"]], [own["rating"]], marker, color=colour, label=words(strategy))
    axis.set(xlabel="areas shown by the first 5 (S-recall)", ylabel="mean rating of the first 5")
    legend(axis)
    return svg(
        figure,
        "trade-off",
        f"Mean rating against S-recall of the first 5 places for {len(points)} trade-offs, beside "
        "round robin and random order. The table that follows has the numbers.",
    )
