"""`stayrank explain`: where the evidence for an answer lies, and what filters look for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stayrank_cli.console import destination, plain, show_json, show_table, with_progress
from stayrank_cli.photos import Json, Paths, find_photos

if TYPE_CHECKING:
    from stayrank_common.inputs import PhotoInput
    from stayrank_models.explainers import AestheticExplainer, TagExplainer

app = typer.Typer(help="Show where the evidence for an answer lies.", no_args_is_help=False)

Model = Annotated[
    str | None, typer.Option(help="Another model: `name`, `name:version` or a folder.")
]
Tag = Annotated[str | None, typer.Option(help="The area; by default the most probable one.")]
Out = Annotated[Path | None, typer.Option(file_okay=False, help="Write a PNG a photo here.")]
Html = Annotated[
    Path | None,
    typer.Option(
        dir_okay=False,
        callback=destination,
        help="Write a page with each photo, its three most probable areas and its mean score.",
    ),
]


@app.command()
def tagger(
    paths: Paths,
    tag: Tag = None,
    model: Model = None,
    out: Out = None,
    html: Html = None,
    json: Json = False,
) -> None:
    """Show where in photos the evidence for an area lies."""
    photos = find_photos(paths)

    from stayrank_models.artifacts import DEFAULT_TAGGER, find
    from stayrank_models.explainers import TagExplainer
    from stayrank_models.predictors import TagPredictor

    predictor = TagPredictor(find(model or DEFAULT_TAGGER))
    explainer = TagExplainer(predictor, tag)
    if html:
        from stayrank_cli.explanations import write_page

        write_page(photos, html, tagger=predictor, tag=tag)
    _explain(photos, explainer, out, json=json)


@app.command()
def aesthetic(
    paths: Paths, model: Model = None, out: Out = None, html: Html = None, json: Json = False
) -> None:
    """Show what in photos lifts their mean score."""
    photos = find_photos(paths)

    from stayrank_models.artifacts import DEFAULT_AESTHETIC, find
    from stayrank_models.explainers import AestheticExplainer
    from stayrank_models.predictors import AestheticPredictor

    predictor = AestheticPredictor(find(model or DEFAULT_AESTHETIC))
    explainer = AestheticExplainer(predictor)
    if html:
        from stayrank_cli.explanations import write_page

        write_page(photos, html, aesthetic=predictor)
    _explain(photos, explainer, out, json=json)


@app.command()
def filters(
    html: Annotated[Path, typer.Option(dir_okay=False, help="The page to write.")],
    layers: Annotated[
        str, typer.Option(help="Positions in the model, with commas between.")
    ] = "23,51,79",
    channels: Annotated[int, typer.Option(min=1, help="Filters of each layer.")] = 5,
    steps: Annotated[int, typer.Option(min=1, help="Of gradient ascent.")] = 48,
    size: Annotated[int, typer.Option(min=32, help="Width and height in pixels.")] = 128,
    model: Model = None,
) -> None:
    """Show what the filters of NIMA look for, beside those that it was fine-tuned from."""
    try:
        positions = [int(layer) for layer in layers.split(",")]
    except ValueError as error:
        raise typer.BadParameter(f"--layers {layers}: numbers, as in 23,51,79") from error

    from stayrank_cli.explain_filters import write_filters

    write_filters(html, positions, channels, steps, size, model)


def _explain(
    photos: list[PhotoInput],
    explainer: TagExplainer | AestheticExplainer,
    out: Path | None,
    *,
    json: bool,
) -> None:
    """Write the pictures and print what is explained."""
    from rich.table import Table

    from stayrank_cli.explanations import Explanations, write_picture
    from stayrank_common.results import refuse_if_all_failed
    from stayrank_common.schemas import PhotoFailure, TagExplanation
    from stayrank_common.tags import words

    explained: Any = explainer.predictor.on_threads(explainer.explain, photos)
    results = list(with_progress(explained, len(photos), "Explaining"))
    table = Table("Photo", "Explained", "Focal point x, y", "Picture", "Remarks")
    for position, (photo, result) in enumerate(zip(photos, results, strict=True), start=1):
        if isinstance(result, PhotoFailure):
            table.add_row(plain(result.id), "[red]error", "", "", plain(result.error.detail))
            continue
        tagging = isinstance(result, TagExplanation)
        what = words(result.tag) if tagging else f"mean score {result.mean:.2f}"
        picture = write_picture(photo, result, out, position) if out else None
        focal = f"{result.focal_point.x:.2f}, {result.focal_point.y:.2f}"
        row = (what, focal, picture.name if picture else "", ", ".join(result.warnings))
        table.add_row(plain(result.id), *map(plain, row))
    if json:
        show_json(Explanations(results=results))
    else:
        show_table(table)
    refuse_if_all_failed(results)
