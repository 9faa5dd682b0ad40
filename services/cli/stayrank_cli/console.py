"""Output: answers go to stdout, everything else (progress, errors) to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.table import Table
    from rich.text import Text

Item = TypeVar("Item")
_UNWRAPPED = 10_000  # columns; a table takes what it needs, and lines stay whole for grep
_FEW = 8  # photos that are done before a progress bar could be read


def fail(message: str, code: int) -> NoReturn:
    """Print an error on one line and exit."""
    line = printable(" ".join(str(message).split()))
    print(f"error: {line}", file=sys.stderr)  # noqa: T201 - the one place that prints errors
    sys.exit(code)


def drop_output() -> None:
    """Forget what could not be written: Python would try again at its end, and exit with 120."""
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def show_table(table: Table) -> None:
    """Print a table, as wide as it needs to be where the output is no terminal."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else _UNWRAPPED
    Console(width=width, height=width).print(table)  # without a height, TERM=dumb may be 80 wide


def show_json(answer: BaseModel) -> None:
    """Print an answer as JSON."""
    sys.stdout.write(answer.model_dump_json(indent=2) + "\n")


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Name the file that cannot be written.

    Raises:
        typer.BadParameter: In the place of an `OSError`.
    """
    try:
        yield
    except OSError as error:
        raise typer.BadParameter(f"cannot write {path}: {error.strerror}") from error


def write_file(path: Path, content: bytes) -> None:
    """Write a file, and say so."""
    with writing(path):
        path.write_bytes(content)
    typer.echo(printable(f"Wrote {path}"), err=True)


def destination(path: Path | None) -> Path | None:
    """Take a file that an option names, if it can be written: before there is work to lose.

    Raises:
        typer.BadParameter: If its folder is not there, or closed to the user.
    """
    if path and not os.access(path.parent, os.W_OK):
        raise typer.BadParameter(f"cannot write {path}: its folder is missing or closed")
    return path


def write_page(path: Path, page: str) -> None:
    """Write a page, and say so."""
    write_file(path, page.encode())


def with_progress(items: Iterable[Item], total: int, what: str) -> Generator[Item, None, None]:
    """Pass items on, with a progress bar where there are more than a few."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(
        *columns, console=Console(stderr=True), transient=True, disable=total <= _FEW
    ) as progress:
        yield from progress.track(items, total=total)


def printable(text: str) -> str:
    r"""Write control characters and the like as Python does.

    >>> printable("a\nb")
    'a\\nb'
    """
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def plain(text: str) -> Text:
    """Make a file's name or an error safe for a table: no markup, no control characters."""
    from rich.text import Text

    return Text(printable(text))


def score_line(mean: float, std: float) -> str:
    """Write a score and its spread."""
    return f"{mean:.2f} ± {std:.2f}"
