"""`stayrank train`: make a model from a recipe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from stayrank_training.runs import Run

app = typer.Typer(help="Train a model from a recipe.", no_args_is_help=False)

Recipe = Annotated[Path, typer.Argument(help="A recipe, for example training/recipes/….toml.")]
Data = Annotated[Path, typer.Option(help="The data folder that the recipe's paths start at.")]
Out = Annotated[Path, typer.Option(help="The run folder to write.")]
Overrides = Annotated[
    list[str] | None, typer.Option("--set", help="Override the recipe: key=value, repeatable.")
]


@app.command()
def tagger(recipe: Recipe, data: Data, out: Out, overrides: Overrides = None) -> None:
    """Train a tagger."""
    from stayrank_training.recipe import TaggerRecipe
    from stayrank_training.tagging import train

    _report(train(TaggerRecipe.load(recipe, overrides or []), data, out))


@app.command()
def aesthetic(recipe: Recipe, data: Data, out: Out, overrides: Overrides = None) -> None:
    """Train a NIMA model."""
    from stayrank_training.aesthetics import train
    from stayrank_training.recipe import AestheticRecipe

    _report(train(AestheticRecipe.load(recipe, overrides or []), data, out))


def _report(run: Run) -> None:
    for name, value in run.metrics.items():
        typer.echo(f"{name:24} {value:.4f}")
    typer.echo(f"artifact: {run.artifact}")
