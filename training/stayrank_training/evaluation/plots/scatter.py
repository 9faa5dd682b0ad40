"""Predicted against given mean scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stayrank_common.ratings import mean_score
from stayrank_training.evaluation.aesthetics import MIDDLE
from stayrank_training.evaluation.plots.canvas import ACCENT, FAINT, LINE, new_figure, svg

if TYPE_CHECKING:
    from markupsafe import Markup

    from stayrank_training.evaluation.judgements import RatingJudgements

_MANY = 2000  # points, from which on a picture is smaller than a drawing
_TEAL = "#2a9d8f"  # a picture cannot follow the page's colours; this one suits light and dark


def score_scatter(judged: RatingJudgements) -> Markup:
    """One point a photo; above the diagonal it is overrated."""
    figure, (axis,) = new_figure(square=True)
    many = len(judged.files) > _MANY
    for line in (axis.axhline, axis.axvline):
        line(MIDDLE, color=LINE, linewidth=2)
    axis.plot([1, 10], [1, 10], color=FAINT, linestyle=":")
    axis.plot(
        mean_score(judged.given),
        mean_score(judged.predicted),
        "o",
        color=_TEAL if many else ACCENT,
        alpha=0.55,
        markersize=4,
        markeredgewidth=0,
        rasterized=many,
    )
    axis.set(xlabel="given mean score", ylabel="predicted mean score", xlim=(1, 10), ylim=(1, 10))
    axis.set_aspect("equal")
    axis.set_xticks(range(1, 11))
    axis.set_yticks(range(1, 11))
    return svg(
        figure,
        "scatter",
        f"Predicted over given mean scores of {len(judged.files)} photos, with the diagonal and "
        "the lines at 5.",
    )
