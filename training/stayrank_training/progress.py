"""Progress bars, on stderr: answers on stdout can be piped."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Item = TypeVar("Item")
Made = TypeVar("Made")
# Decoding releases the interpreter lock; more threads than this only wait for the model.
DECODERS = 4


def progress_bar() -> Progress:
    """A progress bar; nothing where stderr is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(
        *columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal
    )


def mapped(work: Callable[[Item], Made], items: Sequence[Item], what: str) -> Iterator[Made]:
    """Work on photos in threads, and pass on what comes out, in order, with a progress bar."""
    with ThreadPoolExecutor(DECODERS) as pool:
        yield from tracked(pool.map(work, items), len(items), what)


def tracked(items: Iterable[Item], total: int, what: str) -> Iterator[Item]:
    """Pass `total` items on, with a progress bar under the heading `what`."""
    with progress_bar() as progress:
        yield from progress.track(items, total=total, description=what)
