"""Progress bars, on stderr: answers on stdout can be piped."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Item = TypeVar("Item")


def progress_bar() -> Progress:
    """A progress bar; nothing where stderr is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(
        *columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal
    )


def tracked(items: Iterable[Item], total: int, what: str) -> Iterator[Item]:
    """Pass `total` items on, with a progress bar under the heading `what`."""
    with progress_bar() as progress:
        yield from progress.track(items, total=total, description=what)
