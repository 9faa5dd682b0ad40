"""`stayrank models`: what is installed, how two differ, and taking in published weights."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Annotated

import typer

from stayrank_cli.console import show_json, with_progress
from stayrank_cli.models_compare import compare
from stayrank_cli.photos import Json

app = typer.Typer(help="What is installed, how two differ, and taking in published weights.")


@app.callback(invoke_without_command=True)
def models(context: typer.Context, json: Json = False) -> None:
    """List the installed models; `--json` has their whole checksums and all metrics."""
    if context.invoked_subcommand:
        return

    from stayrank_cli.models_listing import InstalledModel, InstalledModels
    from stayrank_models.artifacts import shipped

    listing = InstalledModels(models=[InstalledModel.of(artifact) for artifact in shipped()])
    if json:
        show_json(listing)
        return
    for entry in listing.models:
        typer.echo(f"{entry.name}:{entry.version}")
        typer.echo(f"  {entry.task}, {entry.license}, sha256 {entry.sha256[:12]}")
        photos = f" on {entry.metrics['photos']:.0f} photos" if "photos" in entry.metrics else ""
        measured = f"measured{photos}: {entry.summary}"
        typer.echo(textwrap.fill(measured, 100, initial_indent="  ", subsequent_indent="    "))


app.command("compare")(compare)


@app.command("import")
def import_(
    weights: Annotated[Path, typer.Argument(help="The published weights file.")],
    out: Annotated[Path, typer.Option(help="Folder to write the artifact to.")],
) -> None:
    """Make an artifact from idealo's published NIMA weights (MobileNet trained on AVA)."""
    from stayrank_models.importing import import_nima_ava

    artifact = import_nima_ava(weights, out)
    typer.echo(f"Wrote {artifact.folder} (use it with `stayrank score --model {artifact.folder}`)")


@app.command()
def golden(
    model: Annotated[Path, typer.Argument(help="Folder of the artifact.")],
    photos: Annotated[Path, typer.Argument(help="Folder of the photos.", file_okay=False)],
) -> None:
    """Write what a model answers on known photos into its artifact, so that a change shows."""
    from stayrank_models.artifacts import Artifact
    from stayrank_models.engines import open_engine
    from stayrank_models.golden import make_golden

    artifact = Artifact(model)
    sealed = make_golden(artifact, open_engine(artifact, precision="f32"), photos)
    typer.echo(f"Wrote the golden values of {sealed.info.name}; its sha256 is now {sealed.sha256}")


@app.command()
def quantize(
    model: Annotated[Path, typer.Argument(help="Folder of the artifact.")],
    data: Annotated[Path, typer.Argument(help="A tagged dataset; its training photos calibrate.")],
    count: Annotated[
        int, typer.Option(min=1, help="Photos, evenly spread over the dataset.")
    ] = 128,
) -> None:
    """Add an int8 graph to an artifact; `evaluate parity --record` then says whether it passes."""
    from stayrank_models import quantizing
    from stayrank_models.artifacts import Artifact
    from stayrank_training.data.photos import read_photos

    paths = [photo.path for photo in read_photos(data) if photo.split == "train"]
    spread = paths[:: max(1, len(paths) // count)][:count]
    sealed = quantizing.quantize(Artifact(model), spread)
    typer.echo(f"Wrote the int8 graph of {sealed.info.name}; its sha256 is now {sealed.sha256}")


@app.command("area-percentiles")
def area_percentiles(
    data: Annotated[Path, typer.Argument(help="A tagged dataset; its training photos count.")],
    out: Annotated[Path, typer.Option(dir_okay=False, help="JSON file to write.")],
    model: Annotated[
        str | None, typer.Option(help="Another model: `name`, `name:version` or a folder.")
    ] = None,
    corrections: Annotated[
        Path | None, typer.Option(help="Corrections of tags, as `data clean` writes them.")
    ] = None,
) -> None:
    """Write how the photos of each area score, so that a bathroom is judged among bathrooms."""
    from stayrank_common.inputs import PhotoInput
    from stayrank_common.tags import TAGS
    from stayrank_models.artifacts import DEFAULT_AESTHETIC, WEIGHTS, find
    from stayrank_models.predictors import AestheticPredictor
    from stayrank_training.area_percentiles import area_percentiles, write_area_percentiles
    from stayrank_training.data.photos import read_photos

    photos = [p for p in read_photos(data, corrections) if p.split == "train" and p.tag in TAGS]
    artifact = find(model or DEFAULT_AESTHETIC)
    predictor = AestheticPredictor(artifact)
    inputs = (PhotoInput(photo.file, photo.path) for photo in photos)
    results = with_progress(predictor.stream(inputs), len(photos), "Scoring")
    percentiles = area_percentiles(photos, results, TAGS)
    write_area_percentiles(out, percentiles, artifact.info, artifact.manifest.files[WEIGHTS])
    typer.echo(f"Wrote {out}: {len(photos)} photos by {artifact.info.name}")
