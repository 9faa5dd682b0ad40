"""`stayrank tag`: name the area that each photo shows."""

from __future__ import annotations

from typing import Annotated

import typer

from stayrank_cli.batch import Out, check_out, write_batch
from stayrank_cli.console import plain, show_json, show_table, with_progress
from stayrank_cli.photos import Json, Paths, find_photos


def tag(
    paths: Paths,
    model: Annotated[
        str | None, typer.Option(help="Another model: `name`, `name:version` or a folder.")
    ] = None,
    json: Json = False,
    out: Out = None,
) -> None:
    """Name the area that each photo shows."""
    if out:
        check_out(out, json=json)
    photos = find_photos(paths)

    from rich.table import Table

    from stayrank_common.results import refuse_if_all_failed
    from stayrank_common.schemas import PhotoFailure, TagResponse
    from stayrank_common.tags import words
    from stayrank_models.artifacts import DEFAULT_TAGGER, find
    from stayrank_models.predictors import TagPredictor

    predictor = TagPredictor(find(model or DEFAULT_TAGGER))
    if out:
        write_batch(out, photos, predictor, TagResponse)
        return
    results = [
        result if isinstance(result, PhotoFailure) else result.without("embedding")
        for result in with_progress(predictor.stream(photos), len(photos), "Tagging")
    ]
    if json:
        show_json(TagResponse(model=predictor.info, results=results))
    else:
        table = Table("Photo", "Area", "Probability", "Next", "Remarks")
        for result in results:
            if isinstance(result, PhotoFailure):
                table.add_row(plain(result.id), "[red]error", "", "", plain(result.error.detail))
                continue
            first, second = result.tags[:2]
            remarks = ["not sure enough"] * result.rejected + result.warnings
            table.add_row(
                plain(result.id),
                words(first.tag),
                f"{first.probability:.0%}",
                f"{words(second.tag)} {second.probability:.0%}",
                ", ".join(remarks),
            )
        show_table(table)
    refuse_if_all_failed(results)
