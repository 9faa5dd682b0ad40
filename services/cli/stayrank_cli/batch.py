"""`--out`: a record a photo, written as they come; what was stopped goes on from its file."""

from __future__ import annotations

import csv
import fcntl
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from stayrank_cli.console import fail, printable, with_progress, writing
from stayrank_cli.records import FORMS
from stayrank_common.errors import StayRankError
from stayrank_common.schemas import PhotoFailure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stayrank_cli.records import Answer, Form
    from stayrank_common.inputs import PhotoInput
    from stayrank_common.schemas import AestheticResult, ModelInfo, TagResult
    from stayrank_models.predictors import Predictor

Out = Annotated[
    Path | None,
    typer.Option(
        dir_okay=False,
        help="Write results as they come: .jsonl or .csv. The same command goes on after a stop.",
    ),
]


class FileInUseError(StayRankError):
    """Another run writes to the file."""


def check_out(path: Path, *, json: bool) -> None:
    """Refuse what cannot be done, before the models work in vain.

    Raises:
        typer.BadParameter: There is no such form, or the results are to be printed too.
    """
    if path.suffix.lower() not in FORMS:
        raise typer.BadParameter(f"--out {path}: the name must end with one of {', '.join(FORMS)}")
    if json:
        raise typer.BadParameter("goes without --json", param_hint="--out")


def write_batch(
    path: Path,
    photos: Sequence[PhotoInput],
    predictor: Predictor[TagResult] | Predictor[AestheticResult],
    answer: type[Answer],
) -> None:
    """Look at the photos that a file does not hold yet, and add each result as soon as it is there.

    Args:
        path: The file; its suffix says the form.
        photos: All, also those that the file holds.
        predictor: Looks at the others.
        answer: What `--json` would print.

    Raises:
        typer.BadParameter: The file cannot be written, or holds something else.
        FileInUseError: Another run writes to it.
        typer.Exit: With 1 if no photo could be used, as without a file.
    """
    form = FORMS[path.suffix.lower()](answer, predictor.info)
    written = failed = 0
    with writing(path), path.open("a+b") as file:
        _lock(path, file)
        held = _held(path, file, form)
        left = [photo for photo in photos if photo.id not in held]
        skipped = len(photos) - len(left)
        try:
            with closing(with_progress(predictor.stream(left), len(left), "Writing")) as results:
                for result in results:
                    file.write(form.write(result).encode())
                    file.flush()
                    written += 1
                    failed += isinstance(result, PhotoFailure)
        except KeyboardInterrupt:
            done = f"{skipped + written} of {len(photos)} photos are in {path}"
            fail(f"stopped; {done}, and the same command goes on", code=130)
    counts = f"{written} written, {failed} of them failed, {skipped} skipped"
    typer.echo(printable(f"Wrote {path}: {counts}"), err=True)
    if failed == len(photos):
        raise typer.Exit(1)


def _lock(path: Path, file: BinaryIO) -> None:
    """Keep other runs away for as long as the file is open: a run that dies leaves no lock."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise FileInUseError(
            f"{path}: another run writes to it; wait for its end, or name another file"
        ) from error


def _held(path: Path, file: BinaryIO, form: Form) -> set[str]:
    """Read the ids in a file that is open at its end, and cut off a torn record there."""
    if not file.tell():
        file.write(form.head)
        return set()
    file.seek(0)
    ours = file.read(len(form.head)) == form.head
    whole = len(form.head)
    held: set[str] = set()
    # A line without its end is torn, also where it can be read.
    lines = (line.decode() for line in iter(file.readline, b"") if line.endswith(b"\n"))
    try:
        for photo_id, model in form.read(lines):
            if model.sha256 != form.model.sha256:
                raise typer.BadParameter(
                    f"{path} holds answers of {_named(model)}, not of {_named(form.model)}: "
                    "name another file"
                )
            held.add(photo_id)
            whole = file.tell()
    except (ValueError, TypeError, csv.Error):
        ours &= not file.read(1)  # only the last may be torn
    if not (ours and whole):
        raise typer.BadParameter(
            f"{path} holds something else than what this command writes, "
            f"in record {len(held) + 1}: name another file"
        )
    file.truncate(whole)
    return held


def _named(model: ModelInfo) -> str:
    return f"{model.name} {model.version} ({model.sha256[:12]})"
