"""The report of orders as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stayrank_training.evaluation.pages.rendering import render, thumbnails
from stayrank_training.evaluation.plots.trade_off import trade_off_plot
from stayrank_training.evaluation.ranking_figures import BASELINE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stayrank_training.data.galleries import RatedGallery
    from stayrank_training.evaluation.ranking_report import RankingReport

_SHOWN = 10
_STRIPS = ("coverage", BASELINE)


def ranking_page(report: RankingReport, galleries: Sequence[RatedGallery]) -> str:
    """Draw a report.

    Args:
        report: What to show.
        galleries: What it was made from, for thumbnails, areas and ratings.

    Returns:
        One HTML document.
    """
    paths = {f"{g.name}/{file}": g.folder / file for g in galleries for file in g.files}
    truth = {
        f"{g.name}/{file}": (str(area), float(rating))
        for g in galleries
        for file, area, rating in zip(g.files, g.areas, g.ratings, strict=True)
    }
    strips = {
        gallery.name: {
            strategy: [f"{gallery.name}/{file}" for file in gallery.orders[strategy][:_SHOWN]]
            for strategy in _STRIPS
        }
        for gallery in report.galleries
    }
    shown = {photo for pair in strips.values() for strip in pair.values() for photo in strip}
    return render(
        "ranking.html",
        report=report,
        plot=trade_off_plot(report),
        strips=strips,
        truth=truth,
        pictures=thumbnails(paths, shown),
    )
