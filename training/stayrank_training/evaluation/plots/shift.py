"""Scores before and after: photo by photo, and how far they move."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stayrank_training.evaluation.plots.canvas import ACCENT, FAINT, new_figure, svg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

_BINS = 41


def shift_scatter(before: Sequence[float], after: Sequence[float]) -> Markup:
    """One point a photo; on the diagonal nothing changes."""
    figure, (axis,) = new_figure(square=True)
    axis.plot([1, 10], [1, 10], color=FAINT, linestyle=":")
    axis.plot(before, after, "o", color=ACCENT, alpha=0.55, markersize=4, markeredgewidth=0)
    axis.set(xlabel="mean score before", ylabel="mean score after", xlim=(1, 10), ylim=(1, 10))
    axis.set_aspect("equal")
    return svg(
        figure, "scatter", f"Mean scores of {len(before)} photos after over before, with diagonal."
    )


def shift_histogram(before: Sequence[float], after: Sequence[float]) -> Markup:
    """How many photos move how far; the axis is centred on no change."""
    differences = [b - a for a, b in zip(before, after, strict=True)]
    figure, (axis,) = new_figure()
    reach = max(0.1, *map(abs, differences))
    axis.hist(differences, bins=_BINS, range=(-reach, reach), color=ACCENT, alpha=0.55)
    axis.axvline(0, color=FAINT, linestyle=":")
    axis.set(xlabel="mean score, after − before", ylabel="photos", xlim=(-reach, reach))
    return svg(figure, "histogram", "Histogram of the differences; the figures above sum it up.")
