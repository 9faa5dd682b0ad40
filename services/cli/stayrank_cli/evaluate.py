"""`stayrank evaluate`: judge a model on labelled photos, as it is served."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stayrank_cli import evaluate_parity, evaluate_ranking
from stayrank_cli.console import plain, show_json, show_table, with_progress, write_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stayrank_training.data.photos import TaggedPhoto
    from stayrank_training.evaluation.figures import Figure
    from stayrank_training.evaluation.judgements import Dropped

app = typer.Typer(help="Judge a model on labelled photos.", no_args_is_help=False)

Html = Annotated[
    Path | None,
    typer.Option(help="Write a page with everything. It holds the photos: keep it private."),
]
Json = Annotated[bool, typer.Option("--json", help="Print everything as JSON.")]
Model = Annotated[
    str | None, typer.Option(help="Another model: `name`, `name:version` or a folder.")
]
Shown = Annotated[int, typer.Option(min=1, help="Photos in each list of examples.")]


@app.command()
def tagger(
    data: Annotated[
        Path, typer.Argument(help="Folder with manifest.csv, or with <split>/<tag>/<photo>.")
    ],
    model: Model = None,
    split: Annotated[str, typer.Option(help="train, val or test.")] = "test",
    html: Html = None,
    json: Json = False,
    shown: Shown = 36,
) -> None:
    """Judge a tagger on the photos of a dataset."""
    from stayrank_models.artifacts import DEFAULT_TAGGER, find
    from stayrank_models.predictors import TagPredictor
    from stayrank_training.data.photos import read_photos
    from stayrank_training.data.trees import SPLITS
    from stayrank_training.evaluation.pages.tagger import tagger_page
    from stayrank_training.evaluation.served import evaluate_tagger

    if split not in SPLITS:
        raise typer.BadParameter(f"{split!r} is none of {', '.join(SPLITS)}", param_hint="--split")
    photos = read_photos(data)
    predictor = TagPredictor(find(model or DEFAULT_TAGGER))
    report = evaluate_tagger(
        predictor, photos, with_progress, data=data.name, split=split, shown=shown
    )
    if json:
        show_json(report)
    else:
        _show_figures(report.figures, f"{report.photos} photos of {report.hotels} hotels")
        _show_dropped(report.dropped)
    if html:
        write_page(html, tagger_page(report, {photo.file: photo.path for photo in photos}))


@app.command()
def aesthetic(
    labels: Annotated[Path, typer.Argument(help="Label file: image_id and ten vote counts.")],
    photos: Annotated[Path, typer.Option(help="The folder that image_id starts at.")],
    tags: Annotated[
        Path | None,
        typer.Option(help="A dataset that tells tags and hotels; --photos itself if it is one."),
    ] = None,
    train_labels: Annotated[
        Path | None, typer.Option(help="What the constant baseline learns from; else LABELS.")
    ] = None,
    baseline: Annotated[
        str | None, typer.Option(help="Another model, to stand beside each figure.")
    ] = None,
    model: Model = None,
    html: Html = None,
    json: Json = False,
    shown: Shown = 12,
) -> None:
    """Judge a NIMA model on rated photos."""
    from stayrank_models.artifacts import DEFAULT_AESTHETIC, find
    from stayrank_models.predictors import AestheticPredictor
    from stayrank_training.data.photos import read_photos
    from stayrank_training.data.votes import read_votes
    from stayrank_training.evaluation.pages.aesthetic import aesthetic_page
    from stayrank_training.evaluation.served import evaluate_aesthetic

    report, judged = evaluate_aesthetic(
        AestheticPredictor(find(model or DEFAULT_AESTHETIC)),
        read_votes(labels, photos),
        read_photos(tags) if tags else _tags_beside(photos),
        with_progress,
        folder=photos,
        labels=labels.name,
        baseline=AestheticPredictor(find(baseline)) if baseline else None,
        train_votes=read_votes(train_labels, photos) if train_labels else None,
        shown=shown,
    )
    if json:
        show_json(report)
    else:
        _show_figures(report.figures, f"{report.photos} photos of {report.hotels} hotels")
        _show_dropped(report.dropped)
    if html:
        write_page(html, aesthetic_page(report, judged, photos))


app.command("ranking")(evaluate_ranking.ranking)
app.command("parity")(evaluate_parity.parity)


def _tags_beside(photos: Path) -> list[TaggedPhoto]:
    """The photos' tags where they lie in a dataset; nothing, and why, where they do not."""
    from stayrank_common.errors import DatasetError
    from stayrank_training.data.photos import read_photos

    try:
        return read_photos(photos)
    except DatasetError as error:
        typer.echo(f"Judging without tags and hotels (see --tags): {error}", err=True)
        return []


def _show_dropped(dropped: Sequence[Dropped]) -> None:
    for photo in dropped:
        typer.echo(f"dropped: {plain(photo.file)}: {plain(photo.reason)}")


def _show_figures(figures: Sequence[Figure], caption: str) -> None:
    from rich.table import Table

    table = Table("Measure", "Value", "95 %", "95 %, other hotels", caption=caption)
    for figure in figures:
        value = "undefined" if figure.value is None else f"{figure.value:.3f}"
        ends = [
            f"{ends.low:.3f} to {ends.high:.3f}" if ends else ""
            for ends in (figure.interval, figure.hotel_interval)
        ]
        table.add_row(figure.name, value, *ends)
    show_table(table)
