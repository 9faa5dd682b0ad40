"""What changes between two versions of a model, as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stayrank_training.evaluation.pages.rendering import render, thumbnails
from stayrank_training.evaluation.plots.shift import shift_histogram, shift_scatter
from stayrank_training.evaluation.shift import ScoreShift

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from stayrank_training.evaluation.shift import TagShift


def shift_page(
    shift: ScoreShift | TagShift,
    paths: Mapping[str, Path],
    shown: int,
) -> str:
    """Draw a comparison.

    Args:
        shift: What to show.
        paths: Name of a photo → its file, for thumbnails.
        shown: How many photos to show of those that move most, or of each change of areas.

    Returns:
        One HTML document.
    """
    if isinstance(shift, ScoreShift):
        files = [photo.file for photo in shift.scores[:shown]]
        before, after = zip(*((p.before, p.after) for p in shift.scores), strict=True)
        plots = {
            "scatter": shift_scatter(before, after),
            "histogram": shift_histogram(before, after),
        }
    else:
        files = [file for change in shift.changes for file in change.files[:shown]]
        plots = {}
    return render(
        "shift.html", report=shift, shown=shown, pictures=thumbnails(paths, files), plots=plots
    )
