"""`stayrank data fetch` and `push`: object stores at both ends of a training."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from stayrank_training.data.remote import Copied

Url = Annotated[str, typer.Argument(help="For example s3://bucket/path or gs://bucket/path.")]


def fetch(
    url: Url,
    folder: Annotated[Path, typer.Argument(help="Where the files go.", file_okay=False)],
) -> None:
    """Copy a folder from an object store to this machine."""
    from stayrank_training.data.remote import fetch

    _show(fetch(url, folder), url, str(folder))


def push(
    folder: Annotated[
        Path, typer.Argument(help="What to copy: a run, for example.", file_okay=False, exists=True)
    ],
    url: Url,
) -> None:
    """Copy a folder from this machine to an object store."""
    from stayrank_training.data.remote import push

    _show(push(folder, url), str(folder), url)


def _show(copied: Copied, source: str, target: str) -> None:
    size = f"{copied.size_bytes / 1e6:,.1f} MB"
    typer.echo(f"Copied {copied.files} files ({size}) from {source} to {target}")
