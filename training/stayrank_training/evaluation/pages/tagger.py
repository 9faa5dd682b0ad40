"""The report of a tagger as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stayrank_training.evaluation.pages.rendering import render, thumbnails
from stayrank_training.evaluation.plots.reliability import reliability_diagram

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from stayrank_training.evaluation.tagger_report import TaggerReport


def tagger_page(report: TaggerReport, paths: Mapping[str, Path]) -> str:
    """Draw a report.

    Args:
        report: What to show.
        paths: Name of a photo → its file, for thumbnails.

    Returns:
        One HTML document.
    """
    return render(
        "tagger.html",
        report=report,
        pictures=thumbnails(paths, (mistake.file for mistake in report.mistakes)),
        reliability=reliability_diagram(report.calibration),
    )
