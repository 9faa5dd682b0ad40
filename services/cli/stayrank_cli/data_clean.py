"""`stayrank data clean`: labels that are probably wrong, for a person to decide on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stayrank_cli.console import plain, show_json, show_table

if TYPE_CHECKING:
    import pandas as pd

    from stayrank_training.data.judging import Judgement
    from stayrank_training.data.label_errors import CleanReport
    from stayrank_training.data.manifests import Manifest
    from stayrank_training.data.out_of_fold import OutOfFold

_SHOWN = 20  # suspects on the terminal; the page and the table hold the rest


def clean(
    source: Annotated[
        Path, typer.Argument(help="A manifest or a folder: [<split>/]<tag>/<photo>.")
    ],
    photos: Annotated[
        Path | None, typer.Option(help="Where the photos lie, if not beside the manifest.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write a page to decide by keyboard.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Suspects on the page.")] = 500,
    suspects: Annotated[
        Path | None, typer.Option(help="Write all photos, most suspect first: .csv or .parquet.")
    ] = None,
    probabilities: Annotated[
        Path | None,
        typer.Option(help="Out-of-fold probabilities of your own model: .npz or .csv."),
    ] = None,
    save_probabilities: Annotated[
        Path | None, typer.Option(help="Write the computed probabilities: .npz.")
    ] = None,
    folds: Annotated[int, typer.Option(min=2, help="By hotel and duplicates.")] = 5,
    seed: Annotated[int, typer.Option(min=0, help="Of the folds.")] = 0,
    cache: Annotated[
        Path | None, typer.Option(help="Where to keep features; by default ~/.cache/stayrank.")
    ] = None,
    judge: Annotated[
        Path | None,
        typer.Option(help="Corrections made by hand: how well do the suspects agree with them?"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find labels that are probably wrong, and decide on them by keyboard.

    A classifier on frozen features is asked about hotels that it has not seen; cleanlab ranks the
    labels that disagree. The page saves a corrections file, which `train` applies.
    """
    from stayrank_training.data.corrections import read_corrections
    from stayrank_training.data.judging import judge as judge_ranking
    from stayrank_training.data.label_errors import CleanReport, rank_labels
    from stayrank_training.data.manifests import read_manifest, write_manifest
    from stayrank_training.data.out_of_fold import read_probabilities, write_probabilities
    from stayrank_training.data.review import review_page

    corrections = read_corrections(judge) if judge else {}
    manifest = read_manifest(source, photos, columns=("file", "tag"))
    if probabilities:
        answer = read_probabilities(probabilities)
    else:
        answer = _cross_predict(manifest, folds, seed, cache or _default_cache())
        if save_probabilities:
            write_probabilities(save_probabilities, answer)
    ranked = rank_labels(manifest.table, answer)
    judgements = judge_ranking(ranked, manifest.table, corrections) if judge else []
    report = CleanReport.of(manifest.table, ranked, judgements)
    if suspects:
        write_manifest(ranked, suspects)
    if html:
        html.write_text(review_page(ranked, manifest.photos, report, limit), encoding="utf-8")
    if json:
        show_json(report)
        return
    _show_suspects(ranked)
    _show_judgements(judgements)
    _show_counts(report)
    for path in filter(None, (html, suspects)):
        typer.echo(f"Wrote {path}")


def _default_cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "stayrank"


def _cross_predict(manifest: Manifest, folds: int, seed: int, cache: Path) -> OutOfFold:
    from stayrank_training.data.out_of_fold import cross_predict, frozen_features

    return cross_predict(manifest.table, frozen_features(manifest, cache), folds, seed)


def _show_suspects(ranked: pd.DataFrame) -> None:
    from rich.table import Table

    table = Table("File", "Label", "Probability", "Suggestion", "Probability")
    for row in ranked[ranked["suspect"]].head(_SHOWN).to_dict("records"):
        table.add_row(
            plain(row["file"]),
            plain(row["label"]),
            f"{row['label_probability']:.3f}",
            plain(row["suggestion"]),
            f"{row['suggestion_probability']:.3f}",
        )
    show_table(table)


def _show_judgements(judgements: list[Judgement]) -> None:
    from rich.table import Table

    if judgements:
        table = Table(
            "Class", "Photos", "Wrong", "Chance", "Average precision", "Precision", "Recall"
        )
        for row in judgements:
            figures = (row.chance, row.average_precision, row.precision, row.recall)
            counts = (str(row.photos), str(row.wrong))
            table.add_row(plain(row.label), *counts, *(f"{figure:.3f}" for figure in figures))
        show_table(table)


def _show_counts(report: CleanReport) -> None:
    left = report.photos - report.judged
    without = f" ({left} without probabilities)" if left else ""
    typer.echo(f"{report.suspects} suspects among {report.judged} photos{without}")
