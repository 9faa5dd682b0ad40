"""`stayrank rank`: order the photos of a property."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stayrank_cli.console import (
    destination,
    plain,
    printable,
    score_line,
    show_json,
    show_table,
    write_page,
)
from stayrank_cli.photos import Json, Paths, find_photos

if TYPE_CHECKING:
    from stayrank_common.inputs import PhotoInput
    from stayrank_gallery.ranker import Ranked
    from stayrank_gallery.schemas import RankResponse, Removed


# Of `stayrank_gallery.schemas`, without importing the gallery for `--help`.
class Strategy(StrEnum):
    """How a gallery is ordered."""

    COVERAGE = "coverage"
    SCORE = "score"
    ROUND_ROBIN = "round_robin"
    MMR = "mmr"


class QualityScale(StrEnum):
    """What a photo's quality is measured by."""

    MEAN = "mean"
    AREA_PERCENTILE = "area_percentile"


class Context(StrEnum):
    """For whom a gallery is (`contexts.toml`)."""

    DEFAULT = "default"
    FAMILY = "family"
    BUSINESS = "business"
    LEISURE = "leisure"
    ROMANTIC = "romantic"


def rank(
    paths: Paths,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Places to fill; by default all.")
    ] = None,
    strategy: Annotated[
        Strategy | None, typer.Option(help="How to order; by default coverage.")
    ] = None,
    trade_off: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, help="λ: 0 looks at beauty alone, 1 at variety alone; by default 0.15."
        ),
    ] = None,
    context: Annotated[
        Context | None, typer.Option(help="For whom: how much each area matters.")
    ] = None,
    score: Annotated[
        QualityScale | None,
        typer.Option(help="Mean score, or its rank within the area; by default mean."),
    ] = None,
    pin: Annotated[
        list[str] | None, typer.Option(metavar="ID:PLACE", help="This photo stands there.")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Leave this photo out.")
    ] = None,
    max_run: Annotated[
        int | None, typer.Option(min=1, help="Photos of one area in a row, at most.")
    ] = None,
    current: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="The present order: an id a line, or --json of before."),
    ] = None,
    stability: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, help="How much better a photo must be to overtake in it; by default 0.05."
        ),
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False, help="Rules of a feed, like samples/policies/marketing_feed.toml."
        ),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="One model for both answers: its name or folder.")
    ] = None,
    json: Json = False,
    html: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False, callback=destination, help="Write a contact sheet to this file."
        ),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False,
            callback=destination,
            help="Write the order: .csv, .json or .xml (OpenTravel).",
        ),
    ] = None,
) -> None:
    """Order the photos of a property: beautiful first, every area early, a reason for each."""
    photos = find_photos(paths)

    from stayrank_cli.exporting import form_of, write_export
    from stayrank_cli.ranking import ranked_of, read_order, read_pins
    from stayrank_common.results import refuse_if_all_failed
    from stayrank_gallery.curation import check_options
    from stayrank_gallery.policy import Policy
    from stayrank_gallery.schemas import RankOptions

    if export:
        form_of(export)  # before the models work in vain
    given = {
        "strategy": strategy,
        "limit": limit,
        "trade_off": trade_off,
        "context": context,
        "score": score,
        "pin": read_pins(pin) if pin else None,
        "exclude": exclude,
        "max_run": max_run,
        "current": read_order(current) if current else None,
        "stability": stability,
        "policy": Policy.load(policy) if policy else None,
    }
    options = RankOptions.model_validate({k: v for k, v in given.items() if v is not None})
    check_options(options, [photo.id for photo in photos])  # before the models work in vain
    ranked = ranked_of(photos, options, model)
    if json:
        show_json(ranked.response)
    else:
        show_ranking(ranked.response)
    if export:
        write_export(ranked.response, export)
    if html:
        _write_contact_sheet(ranked, photos, html)
    refuse_if_all_failed([*ranked.scores.tags.results, *ranked.response.ranking])


def _write_contact_sheet(ranked: Ranked, photos: list[PhotoInput], path: Path) -> None:
    from stayrank_common.decoding.decoder import PlainDecoder
    from stayrank_gallery.pages.contact_sheet import contact_sheet

    write_page(path, contact_sheet(ranked, photos, PlainDecoder(), "Gallery"))


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
    if answer.ranking:
        show_table(table)
    reasons = [removed.reason for removed in answer.removed]
    missing = [words(area) for area, ids in answer.coverage.items() if not ids]
    if missing:
        whom = f"the first {len(answer.ranking)}" if "over_limit" in reasons else "any photo"
        typer.echo(f"Not shown by {whom}: {', '.join(missing)}")
    for removed in answer.removed:
        if removed.reason != "over_limit":
            typer.echo(printable(f"Left out: {removed.id} ({': '.join(_why(removed))})"))
    if "over_limit" in reasons:
        typer.echo(f"Left out: {reasons.count('over_limit')} more, over the limit")


def _why(removed: Removed) -> list[str]:
    from stayrank_common.tags import words

    if removed.violations:
        return [words(removed.reason), "; ".join(broken.detail for broken in removed.violations)]
    detail = removed.error.detail if removed.error else removed.duplicate_of
    return [words(removed.reason), detail] if detail else [words(removed.reason)]
