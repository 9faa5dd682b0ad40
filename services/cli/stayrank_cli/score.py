"""`stayrank score`: predict how people would rate each photo."""

from __future__ import annotations

from typing import Annotated

import typer

from stayrank_cli.batch import Out, check_out, write_batch
from stayrank_cli.console import plain, score_line, show_json, show_table, with_progress
from stayrank_cli.photos import Json, Paths, find_photos


def score(
    paths: Paths,
    model: Annotated[
        str | None, typer.Option(help="Another model: `name`, `name:version` or a folder.")
    ] = None,
    json: Json = False,
    out: Out = None,
) -> None:
    """Predict how people would rate each photo, from 1 to 10."""
    if out:
        check_out(out, json=json)
    photos = find_photos(paths)

    from rich.table import Table

    from stayrank_common.results import refuse_if_all_failed
    from stayrank_common.schemas import AestheticResponse, PhotoFailure
    from stayrank_models.artifacts import DEFAULT_AESTHETIC, find
    from stayrank_models.predictors import AestheticPredictor

    predictor = AestheticPredictor(find(model or DEFAULT_AESTHETIC))
    if out:
        write_batch(out, photos, predictor, AestheticResponse)
        return
    results = list(with_progress(predictor.stream(photos), len(photos), "Scoring"))
    if json:
        show_json(AestheticResponse(model=predictor.info, results=results))
    else:
        table = Table("Photo", "Mean score", "Percentile", "Remarks")
        for result in results:
            if isinstance(result, PhotoFailure):
                table.add_row(plain(result.id), "[red]error", "", plain(result.error.detail))
                continue
            score_and_spread = score_line(result.mean, result.std)
            remarks = ", ".join(result.warnings)
            table.add_row(plain(result.id), score_and_spread, f"{result.percentile:.0f}", remarks)
        show_table(table)
    refuse_if_all_failed(results)
