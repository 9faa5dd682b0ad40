"""`stayrank train`: make a model from a recipe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stayrank_cli.console import fail

if TYPE_CHECKING:
    from types import ModuleType

    from stayrank_training.recipe import Recipe

app = typer.Typer(help="Train a model from a recipe.", no_args_is_help=False)

RecipePath = Annotated[Path, typer.Argument(help="A recipe, for example training/recipes/….toml.")]
Data = Annotated[Path, typer.Option(help="The data folder that the recipe's paths start at.")]
Out = Annotated[
    Path, typer.Option(help="The run folder to write; an interrupted run goes on there.")
]
Overrides = Annotated[
    list[str] | None, typer.Option("--set", help="Override the recipe: key=value, repeatable.")
]
FindRate = Annotated[
    bool,
    typer.Option("--find-lr", help="Train nothing: try learning rates, write a plot, suggest one."),
]


@app.command()
def tagger(
    recipe: RecipePath, data: Data, out: Out, overrides: Overrides = None, find_lr: FindRate = False
) -> None:
    """Train a tagger."""
    from stayrank_training import tagging
    from stayrank_training.recipe import TaggerRecipe

    _run(tagging, TaggerRecipe.load(recipe, overrides or []), data, out, find_lr=find_lr)


@app.command()
def aesthetic(
    recipe: RecipePath, data: Data, out: Out, overrides: Overrides = None, find_lr: FindRate = False
) -> None:
    """Train a NIMA model."""
    from stayrank_training import aesthetics
    from stayrank_training.recipe import AestheticRecipe

    _run(aesthetics, AestheticRecipe.load(recipe, overrides or []), data, out, find_lr=find_lr)


def _run(task: ModuleType, recipe: Recipe, data: Path, out: Path, *, find_lr: bool) -> None:
    try:
        if find_lr:
            _find_rate(task, recipe, data, out)
        else:
            _train(task, recipe, data, out)
    except KeyboardInterrupt:
        fail("stopped; the same command goes on from the last finished epoch", code=130)


def _train(task: ModuleType, recipe: Recipe, data: Path, out: Path) -> None:
    run = task.train(recipe, data, out)
    for name, value in run.metrics.items():
        typer.echo(f"{name:24} {value:.4f}")
    typer.echo(f"artifact: {run.artifact}")


def _find_rate(task: ModuleType, recipe: Recipe, data: Path, out: Path) -> None:
    from stayrank_training.rate_finder import find_rate

    finding = find_rate(task.prepare(recipe, data, out, trial=True))
    phase = "finetune" if recipe.finetune.epochs else "head"
    typer.echo(f"suggested: --set {phase}.learning_rate={finding.suggestion:.1e}")
    typer.echo(f"plot: {out / 'learning_rate.png'}")
