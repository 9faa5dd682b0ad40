"""`stayrank evaluate ranking`: judge orders of galleries whose areas and ratings are known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stayrank_cli.console import show_json, show_table, with_progress, write_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stayrank_training.data.galleries import RatedGallery
    from stayrank_training.evaluation.gallery_answers import GalleryAnswers
    from stayrank_training.evaluation.ranking_report import RankingReport

_SIZES = 5  # photos of the sets that are searched for the optimum
_NOTHING_IS_SO_ALIKE = 1.01  # a cosine


def ranking(
    data: Annotated[
        Path, typer.Argument(help="Folder of galleries: <hotel>/<photo> and <hotel>/truth.json.")
    ],
    split: Annotated[str, typer.Option(help="train, val or test.")] = "test",
    answers: Annotated[
        Path | None,
        typer.Option(
            help="Keep the models' answers in this file; look at no photo if it is there."
        ),
    ] = None,
    tags: Annotated[
        Path | None,
        typer.Option(help="Out-of-fold probabilities in the place of the tagger's: .npz or .csv."),
    ] = None,
    ratings: Annotated[
        Path | None,
        typer.Option(help="The same of ratings, with the classes 1 to 10: .npz or .csv."),
    ] = None,
    trade_off: Annotated[
        float | None, typer.Option(min=0, max=1, help="λ; by default that of the service.")
    ] = None,
    optimum: Annotated[
        bool, typer.Option("--optimum", help="Search the best sets of up to five photos as well.")
    ] = False,
    html: Annotated[
        Path | None,
        typer.Option(help="Write a page with everything. It holds the photos: keep it private."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Judge the orders of galleries: all strategies, and random order."""
    from stayrank_gallery.schemas import RankOptions, Strategy
    from stayrank_training.data.galleries import read_galleries
    from stayrank_training.data.out_of_fold import read_probabilities
    from stayrank_training.data.trees import SPLITS
    from stayrank_training.evaluation.out_of_fold_answers import with_ratings, with_tags
    from stayrank_training.evaluation.pages.ranking import ranking_page
    from stayrank_training.evaluation.ranking_report import Answered, ranking_report

    if split not in SPLITS:
        raise typer.BadParameter(f"{split!r} is none of {', '.join(SPLITS)}", param_hint="--split")
    galleries = read_galleries(data, split)
    tagged = read_probabilities(tags) if tags else None
    rated = read_probabilities(ratings) if ratings else None
    served = _answers(galleries, answers)
    judged = [said.originals() for said in served]
    if tags and tagged:
        judged = with_tags(galleries, judged, tagged, tags.name)
    if ratings and rated:
        judged = with_ratings(galleries, judged, rated, ratings.name)
    used = RankOptions().trade_off if trade_off is None else trade_off
    report = ranking_report(
        galleries,
        Answered(judged, served),
        _order,
        strategies=[strategy.value for strategy in Strategy],
        trade_off=used,
        data=data.name,
        split=split,
        shares=(lambda said: _shares(said, used)) if optimum else None,
    )
    if json:
        show_json(report)
    else:
        _show(report)
    if html:
        write_page(html, ranking_page(report, galleries))


def _answers(galleries: Sequence[RatedGallery], kept: Path | None) -> list[GalleryAnswers]:
    from stayrank_models.artifacts import DEFAULT_AESTHETIC, DEFAULT_TAGGER, find
    from stayrank_models.predictors import AestheticPredictor, TagPredictor
    from stayrank_training.evaluation.gallery_answers import ask_models, read_answers, write_answers

    tagger, aesthetic = find(DEFAULT_TAGGER), find(DEFAULT_AESTHETIC)
    if kept and kept.exists():
        return read_answers(kept, galleries, tagger.info, aesthetic.info)
    said = ask_models(galleries, TagPredictor(tagger), AestheticPredictor(aesthetic), with_progress)
    if kept:
        write_answers(kept, said)
    return said


def _order(
    answers: GalleryAnswers, strategy: str, trade_off: float, *, fold: bool = True
) -> list[str]:
    """As the service orders."""
    from stayrank_gallery.curation import curate
    from stayrank_gallery.curation.copies import DUPLICATE_THRESHOLD
    from stayrank_gallery.schemas import RankOptions, Strategy
    from stayrank_gallery.scorers import Scores

    response = curate(
        Scores(answers.tags, answers.ratings),
        RankOptions(strategy=Strategy(strategy), trade_off=trade_off),
        duplicate_threshold=DUPLICATE_THRESHOLD if fold else _NOTHING_IS_SO_ALIKE,
        looks=answers.looks if fold else {},
    )
    return [place.id for place in response.ranking]


def _shares(answers: GalleryAnswers, trade_off: float) -> list[float]:
    from dataclasses import replace

    from stayrank_gallery.contexts import contexts
    from stayrank_gallery.curation import gallery_of
    from stayrank_gallery.curation.copies import DUPLICATE_THRESHOLD
    from stayrank_gallery.ranking import greedy_shares, like_views
    from stayrank_gallery.schemas import RankOptions
    from stayrank_gallery.scored import split
    from stayrank_gallery.scorers import Scores

    options = RankOptions()
    photos, _ = split(Scores(answers.tags, answers.ratings), {})
    areas = sorted({entry.tag for photo in photos for entry in photo.tags.tags})
    gallery = gallery_of(photos, areas, options.score)
    gallery = replace(gallery, views=like_views(gallery, threshold=DUPLICATE_THRESHOLD))
    weights = contexts()[options.context].of(areas)
    return greedy_shares(gallery, _SIZES, trade_off=trade_off, weights=weights)


def _show(report: RankingReport) -> None:
    from rich.table import Table

    galleries = f"{len(report.galleries)} galleries of {report.photos} photos"
    table = Table(
        "Strategy", "Measure", "Value", "95 %", "Gain over score", "Gain, 95 %", "Ratio",
        caption=f"{galleries}, λ = {report.trade_off:g}",
    )  # fmt: skip
    for strategy in report.strategies:
        for figure in strategy.figures:
            table.add_row(
                strategy.strategy,
                figure.name,
                f"{figure.value:.3f}",
                _range(figure.interval),
                f"{figure.gain:+.3f}",
                _range(figure.gain_interval),
                "" if figure.ratio is None else f"{figure.ratio:.3f}",
            )
    show_table(table)
    if report.choice:
        others = report.choice.left_out.values()
        typer.echo(
            f"λ that shows most areas early while both aims hold: {report.choice.trade_off:g} "
            f"({min(others):g} to {max(others):g} where a gallery is left out)"
        )
    for gallery, found in (report.optimum or {}).items():
        shares = ", ".join(f"{share:.4f}" for share in found)
        typer.echo(f"{gallery}: share of the largest F for 1, 2, … photos: {shares}")


def _range(ends: tuple[float, float] | None) -> str:
    return f"{ends[0]:.3f} to {ends[1]:.3f}" if ends else ""
