"""`stayrank models compare`: what changes where one model takes the place of another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stayrank_cli.console import plain, show_json, show_table, with_progress, write_page
from stayrank_cli.photos import Paths, find_photos

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stayrank_training.evaluation.shift import ScoreShift, TagShift

_REFERENCE = "`name`, `name:version` or a folder."


def compare(
    before: Annotated[
        str, typer.Argument(metavar="A", help=f"The model that serves: {_REFERENCE}")
    ],
    after: Annotated[str, typer.Argument(metavar="B", help=f"The one to replace it: {_REFERENCE}")],
    paths: Paths,
    html: Annotated[
        Path | None,
        typer.Option(help="Write a page with plots. It holds photos: keep it private."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    shown: Annotated[
        int, typer.Option(min=1, help="Photos of each list that the page shows.")
    ] = 24,
) -> None:
    """Let two models of one task look at the same photos, before one takes the other's place."""
    photos = find_photos(paths)

    from stayrank_common.errors import ArtifactError
    from stayrank_models.artifacts import find
    from stayrank_models.predictors import AestheticPredictor, TagPredictor
    from stayrank_training.evaluation.shift import score_shift, tag_shift

    artifacts = [find(before), find(after)]
    tasks = {artifact.manifest.task for artifact in artifacts} - {"duo"}  # that does for either
    if len(tasks) > 1:
        raise ArtifactError(f"{before} and {after} are models for different tasks")
    scored = tasks == {"aesthetics"}
    answers: list[Any] = []
    for artifact in artifacts:
        predictor: Any = (AestheticPredictor if scored else TagPredictor)(artifact)
        heading = f"Asking {artifact.info.name} {artifact.info.version}"
        results = list(with_progress(predictor.stream(photos), len(photos), heading))
        predictor.close()
        answers.append((artifact.info, results))
    shift = score_shift(*answers) if scored else tag_shift(*answers)
    if json:
        show_json(shift)
    else:
        _show(shift)
    if html:
        from stayrank_training.evaluation.pages.shift import shift_page

        paths_of = {photo.id: photo.source for photo in photos if isinstance(photo.source, Path)}
        write_page(html, shift_page(shift, paths_of, shown))


def _show(shift: ScoreShift | TagShift) -> None:
    from rich.table import Table

    names = [f"{info.name} {info.version}" for info in (shift.before, shift.after)]
    dropped = f", {len(shift.dropped)} dropped" if shift.dropped else ""
    typer.echo(f"{' → '.join(names)} on {shift.photos} photos{dropped}")
    table = Table("Measure", "Value")
    for name, value in _rows(shift):
        table.add_row(plain(name), value)
    show_table(table)


def _rows(shift: ScoreShift | TagShift) -> Iterator[tuple[str, str]]:
    from stayrank_common.tags import words
    from stayrank_training.evaluation.shift import ScoreShift

    if isinstance(shift, ScoreShift):
        srcc = "undefined" if shift.srcc is None else f"{shift.srcc:.3f}"
        yield "rank correlation (SRCC)", srcc
        yield "mean score", f"{shift.mean_before:.3f} → {shift.mean_after:.3f}"
        yield "mean difference", f"{shift.mean_difference:+.3f}"
        yield "mean absolute difference", f"{shift.mean_absolute_difference:.3f}"
        for at, difference in shift.quantiles.items():
            yield f"difference, quantile {at}", f"{difference:+.3f}"
        return
    yield "same area", f"{shift.agreement:.1%}"
    yield "same verdict (accepted, rejected)", f"{shift.rejection_agreement:.1%}"
    yield "rejected", f"{shift.rejected_before:.1%} → {shift.rejected_after:.1%}"
    yield "distance of probabilities (0 to 1)", f"{shift.distance:.3f}"
    for change in shift.changes:
        yield (
            f"{words(change.before)} → {words(change.after)}",
            f"{len(change.files)} of {shift.photos}",
        )
