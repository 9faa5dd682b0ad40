"""`stayrank train`: make a model from a recipe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stayrank_cli.console import fail

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

    from stayrank_training.recipe import Recipe

    Course = Callable[[ModuleType, Recipe, Path, Path], None]

app = typer.Typer(help="Train a model from a recipe.", no_args_is_help=False)

RecipePath = Annotated[Path, typer.Argument(help="A recipe, for example training/recipes/….toml.")]
Data = Annotated[Path, typer.Option(help="The data folder that the recipe's paths start at.")]
Out = Annotated[
    Path, typer.Option(help="The run folder to write; an interrupted run goes on there.")
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set", help="Override the recipe: key=value (teacher=none: without), repeatable."
    ),
]
FindRate = Annotated[
    bool,
    typer.Option("--find-lr", help="Train nothing: try learning rates, write a plot, suggest one."),
]

CrossValidate = Annotated[
    bool,
    typer.Option(
        "--cross-validate",
        help="Ship nothing: judge the recipe by every hotel, each by a model that has not seen it.",
    ),
]


@app.command()
def tagger(
    recipe: RecipePath,
    data: Data,
    out: Out,
    overrides: Overrides = None,
    find_lr: FindRate = False,
    cross_validate: CrossValidate = False,
) -> None:
    """Train a tagger."""
    from stayrank_training import tagging
    from stayrank_training.recipe import TaggerRecipe

    course = _course(find_lr=find_lr, cross_validate=cross_validate)
    _run(course, tagging, TaggerRecipe.load(recipe, overrides or []), data, out)


@app.command()
def aesthetic(
    recipe: RecipePath,
    data: Data,
    out: Out,
    overrides: Overrides = None,
    find_lr: FindRate = False,
    cross_validate: CrossValidate = False,
) -> None:
    """Train a NIMA model."""
    from stayrank_training import aesthetics
    from stayrank_training.recipe import AestheticRecipe

    course = _course(find_lr=find_lr, cross_validate=cross_validate)
    _run(course, aesthetics, AestheticRecipe.load(recipe, overrides or []), data, out)


@app.command()
def duo(
    recipe: RecipePath,
    data: Data,
    out: Out,
    overrides: Overrides = None,
    find_lr: FindRate = False,
) -> None:
    """Train one model for both tasks, taught by a tagger and a NIMA model."""
    from stayrank_training import duo
    from stayrank_training.recipe import DuoRecipe

    course = _find_rate if find_lr else _train
    _run(course, duo, DuoRecipe.load(recipe, overrides or []), data, out)


def _course(*, find_lr: bool, cross_validate: bool) -> Course:
    if find_lr and cross_validate:
        raise typer.BadParameter("goes without --find-lr", param_hint="--cross-validate")
    return _find_rate if find_lr else _cross_validate if cross_validate else _train


def _run(course: Course, task: ModuleType, recipe: Recipe, data: Path, out: Path) -> None:
    try:
        course(task, recipe, data, out)
    except KeyboardInterrupt:
        fail("stopped; the same command goes on from the last finished epoch", code=130)


def _train(task: ModuleType, recipe: Recipe, data: Path, out: Path) -> None:
    run = task.train(recipe, data, out)
    _show_dropped(out)
    _show(run.metrics)
    typer.echo(f"artifact: {run.artifact}")


def _cross_validate(task: ModuleType, recipe: Recipe, data: Path, out: Path) -> None:
    metrics = task.cross_validate(recipe, data, out)
    _show_dropped(out)
    _show(metrics)
    typer.echo(f"out of fold: {out / 'out_of_fold.npz'}")


def _show_dropped(out: Path) -> None:
    from stayrank_training.runs import read_dropped

    for why, photos in read_dropped(out).items():
        typer.echo(f"left out ({why}): {photos} photos")


def _show(metrics: Mapping[str, float]) -> None:
    for name, value in metrics.items():
        typer.echo(f"{name:24} {value:.4f}")


def _find_rate(task: ModuleType, recipe: Recipe, data: Path, out: Path) -> None:
    from stayrank_training.preparing import prepare
    from stayrank_training.rate_finder import find_rate

    finding = find_rate(prepare(task.setup(recipe, data), out, trial=True))
    phase = "finetune" if recipe.finetune.epochs else "head"
    typer.echo(f"suggested: --set {phase}.learning_rate={finding.suggestion:.1e}")
    typer.echo(f"plot: {out / 'learning_rate.png'}")
