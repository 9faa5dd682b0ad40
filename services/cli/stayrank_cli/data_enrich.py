"""`stayrank data enrich`: photos from elsewhere, by folder or by URL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stayrank_cli.console import plain, with_progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stayrank_training.data.enriching import Newcomer

_TIMEOUT_S = 20.0
_AT_ONCE = 16  # photos in memory, and connections
_TOTAL_BYTES = 100 * 2**30


def enrich(
    source: Annotated[Path, typer.Argument(help="The dataset: a manifest or a folder.")],
    addition: Annotated[
        Path,
        typer.Argument(help="What to add: a folder, or a list of URLs (.txt; .csv with `url`)."),
    ],
    name: Annotated[str, typer.Option(help="Of the new source, for the column `source`.")],
    out: Annotated[Path, typer.Option(help="The manifest to write: .csv or .parquet.")],
    tag: Annotated[
        str | None, typer.Option(help="Of photos for which the addition does not say it.")
    ] = None,
    split: Annotated[
        str, typer.Option(help="Of photos for which the addition does not say it.")
    ] = "train",
    allow_host: Annotated[
        list[str] | None, typer.Option(help="A host to fetch URLs from; repeatable.")
    ] = None,
    photos: Annotated[
        Path | None, typer.Option(help="Where the photos lie and the new ones are put.")
    ] = None,
) -> None:
    """Add photos from elsewhere as a named source; exact duplicates are skipped and counted."""
    from stayrank_training.data.enriching import enrich, of_folder
    from stayrank_training.data.manifests import read_manifest, write_dropped, write_manifest

    if out.suffix not in {".csv", ".parquet"}:
        raise typer.BadParameter("expected .csv or .parquet", param_hint="--out")
    manifest = read_manifest(source, photos, columns=("file", "tag"))
    newcomers: Iterable[Newcomer]
    if addition.is_dir():
        newcomers = of_folder(addition, tag, split)
    else:
        newcomers = _fetched(addition, tag, split, allow_host or [])
    result = enrich(manifest, newcomers, name)
    write_manifest(result.table, out)
    beside = write_dropped(result.left_out(), out)
    for file, reason in result.unusable.items():
        typer.echo(f"unusable: {plain(file)}: {plain(reason)}")
    typer.echo(
        f"{result.added} photos added as {name}, {len(result.duplicates)} skipped as exact "
        f"duplicates, {len(result.unusable)} unusable"
    )
    typer.echo(f"Wrote {out}: {len(result.table)} photos in {manifest.photos}; and {beside}")
    if result.unusable and not (result.added or result.duplicates):
        raise typer.Exit(1)


def _fetched(
    addition: Path, tag: str | None, split: str, allowed_hosts: list[str]
) -> Iterator[Newcomer]:
    import asyncio

    from stayrank_common.errors import ForbiddenUrlError, PhotoError
    from stayrank_common.fetching import Fetcher
    from stayrank_common.images import PhotoLimits
    from stayrank_training.data.enriching import Newcomer, read_urls

    if not allowed_hosts:
        raise ForbiddenUrlError("name each host that may be fetched from with --allow-host")
    listed = read_urls(addition, tag, split)
    fetcher = Fetcher(allowed_hosts, _TIMEOUT_S, PhotoLimits().max_bytes, _TOTAL_BYTES)

    async def fetch(url: str) -> bytes | PhotoError:
        try:
            return await fetcher.fetch(url)
        except PhotoError as error:
            return error

    async def fetch_all(urls: list[str]) -> list[bytes | PhotoError]:
        return await asyncio.gather(*map(fetch, urls))

    starts = range(0, len(listed), _AT_ONCE)
    for start in with_progress(starts, len(starts), "Fetching"):
        part = listed[start : start + _AT_ONCE]
        contents = asyncio.run(fetch_all([url for url, _ in part]))
        for (url, facts), content in zip(part, contents, strict=True):
            yield Newcomer(url, content, facts)
