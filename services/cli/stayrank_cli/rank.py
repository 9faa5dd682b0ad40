"""`stayrank rank`: order the photos of a property."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stayrank_cli.console import (
    plain,
    printable,
    score_line,
    show_json,
    show_table,
    with_progress,
)
from stayrank_cli.photos import Json, Paths, find_photos

if TYPE_CHECKING:
    from stayrank_common.inputs import PhotoInput
    from stayrank_gallery.ranker import Ranked
    from stayrank_gallery.schemas import RankOptions, RankResponse


class Strategy(StrEnum):
    """The strategies of `stayrank_gallery.schemas`, without importing the gallery for `--help`."""

    COVERAGE = "coverage"
    SCORE = "score"
    ROUND_ROBIN = "round_robin"
    MMR = "mmr"


def rank(
    paths: Paths,
    limit: Annotated[int | None, typer.Option(min=1, help="Places to fill.")] = None,
    strategy: Annotated[Strategy, typer.Option(help="How to order.")] = Strategy.COVERAGE,
    trade_off: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="λ: 0 looks at beauty alone, 1 at variety alone."),
    ] = None,
    json: Json = False,
    html: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write a contact sheet to this file.")
    ] = None,
) -> None:
    """Order the photos of a property: beautiful first, every area early, a reason for each."""
    photos = find_photos(paths)

    from stayrank_common.results import refuse_if_all_failed
    from stayrank_gallery.schemas import RankOptions

    given = {"strategy": strategy.value, "limit": limit, "trade_off": trade_off}
    options = RankOptions.model_validate({k: v for k, v in given.items() if v is not None})
    ranked = _rank(photos, options)
    if html:
        _write_contact_sheet(ranked, photos, html)
    if json:
        show_json(ranked.response)
    else:
        show_ranking(ranked.response)
        if html:
            typer.echo(printable(f"Contact sheet: {html}"))
    refuse_if_all_failed([*ranked.scores.tags.results, *ranked.response.ranking])


def _rank(photos: list[PhotoInput], options: RankOptions) -> Ranked:
    from stayrank_common.schemas import AestheticResponse, TagResponse
    from stayrank_gallery.curation import curate
    from stayrank_gallery.ranker import Ranked
    from stayrank_gallery.scorers import Scores
    from stayrank_gallery.settings import DUPLICATE_THRESHOLD
    from stayrank_models.artifacts import DEFAULT_AESTHETIC, DEFAULT_TAGGER, find
    from stayrank_models.predictors import AestheticPredictor, TagPredictor

    tagger = TagPredictor(find(DEFAULT_TAGGER))
    aesthetic = AestheticPredictor(find(DEFAULT_AESTHETIC))
    both = zip(tagger.stream(photos), aesthetic.stream(photos), strict=True)
    tags, ratings = zip(*with_progress(both, len(photos), "Looking"), strict=True)
    scores = Scores(
        TagResponse(model=tagger.info, results=list(tags)),
        AestheticResponse(model=aesthetic.info, results=list(ratings)),
    )
    return Ranked(curate(scores, options, duplicate_threshold=DUPLICATE_THRESHOLD), scores)


def _write_contact_sheet(ranked: Ranked, photos: list[PhotoInput], path: Path) -> None:
    from stayrank_common.images import PhotoLimits
    from stayrank_gallery.pages.contact_sheet import contact_sheet

    try:
        path.write_text(contact_sheet(ranked, photos, PhotoLimits(), "Gallery"), encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(f"cannot write {path}: {error.strerror}") from error


def show_ranking(answer: RankResponse) -> None:
    """Print a ranking as a table, and what was left out below it."""
    from rich.table import Table

    from stayrank_common.tags import words

    table = Table("#", "Photo", "Area", "Probability", "Mean score", "Why")
    for place in answer.ranking:
        rating = place.aesthetic
        table.add_row(
            str(place.position),
            plain(place.id),
            words(place.tag),
            f"{place.tag_probability:.0%}",
            score_line(rating.mean, rating.std),
            "; ".join(place.reasons),
        )
    show_table(table)
    reasons = [removed.reason for removed in answer.removed]
    missing = [words(area) for area, ids in answer.coverage.items() if not ids]
    if missing:
        whom = f"the first {len(answer.ranking)}" if "over_limit" in reasons else "any photo"
        typer.echo(f"Not shown by {whom}: {', '.join(missing)}")
    for removed in answer.removed:
        if removed.reason != "over_limit":
            why = removed.error.detail if removed.error else removed.duplicate_of or ""
            line = f"Left out: {removed.id} ({words(removed.reason)}: {why})"
            typer.echo(printable(line))
    if "over_limit" in reasons:
        typer.echo(f"Left out: {reasons.count('over_limit')} more, over the limit")
