"""The report of a NIMA model as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stayrank_training.evaluation.pages.rendering import render, thumbnails
from stayrank_training.evaluation.plots.histogram import score_histogram
from stayrank_training.evaluation.plots.scatter import score_scatter

if TYPE_CHECKING:
    from pathlib import Path

    from stayrank_training.evaluation.aesthetic_report import AestheticReport
    from stayrank_training.evaluation.judgements import RatingJudgements

_SHEETS = (
    ("low", "Lowest predicted scores"),
    ("medium", "Around the median of the predicted scores"),
    ("high", "Highest predicted scores"),
    ("closest", "Closest to what was given"),
    ("overrated", "Most overrated"),
    ("underrated", "Most underrated"),
)


def aesthetic_page(report: AestheticReport, judged: RatingJudgements, folder: Path) -> str:
    """Draw a report.

    Args:
        report: What to show.
        judged: What it was made from, for the scatter plot.
        folder: Where the photos lie, for thumbnails.

    Returns:
        One HTML document.
    """
    sheets = [(key, heading, getattr(report.examples, key)) for key, heading in _SHEETS]
    shown = {photo.file for _, _, photos in sheets for photo in photos}
    return render(
        "aesthetic.html",
        report=report,
        scatter=score_scatter(judged),
        histogram=score_histogram(report.histogram),
        sheets=sheets,
        pictures=thumbnails({file: folder / file for file in shown}, shown),
    )
