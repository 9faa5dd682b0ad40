"""`stayrank audit`: say what a gallery lacks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stayrank_cli.console import destination, plain, printable, show_json, show_table
from stayrank_cli.photos import Json, Paths, find_photos

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stayrank_common.inputs import PhotoInput
    from stayrank_gallery.audit import Audit, NamedPack


_SHOWN = 10  # photos to replace that are named on the terminal


def audit(
    paths: Paths,
    pack: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="Rules: a packaged pack, or a .toml file.")
    ] = "default",
    json: Json = False,
    html: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False, callback=destination, help="Write a page with the photos to replace."
        ),
    ] = None,
) -> None:
    """Say what a gallery lacks and which photos to replace first; exit 1 if it fails.

    The first photo is taken for the cover.
    """
    photos = find_photos(paths)

    from stayrank_cli.ranking import ranked_of
    from stayrank_gallery.audit.calls import audit_ranked
    from stayrank_gallery.schemas import RankOptions

    rules = _pack(pack)
    answer = audit_ranked(ranked_of(photos, RankOptions()), rules)
    if json:
        show_json(answer)
    else:
        _show(answer, rules)
    if html:
        _write_page(answer, rules, photos, html)
    if not answer.passed:
        raise typer.Exit(1)


def _pack(name: str) -> NamedPack:
    from stayrank_gallery.audit import load_packs, read_pack
    from stayrank_gallery.audit.calls import pack_named

    return read_pack(Path(name)) if name.endswith(".toml") else pack_named(name, load_packs())


def _show(answer: Audit, rules: NamedPack) -> None:
    from rich.table import Table

    table = Table("", "Finding", "Detail")
    for finding in answer.findings:
        colour = "red" if finding.severity == "error" else "yellow"
        table.add_row(f"[{colour}]{finding.severity}", plain(finding.title), plain(finding.detail))
    if answer.findings:
        show_table(table)
    for place, photo in enumerate(answer.replace_first[:_SHOWN], start=1):
        typer.echo(printable(f"Replace {place}: {photo.id} ({'; '.join(photo.reasons)})"))
    if len(answer.replace_first) > _SHOWN:
        typer.echo(f"Replace: {len(answer.replace_first) - _SHOWN} more (--json, --html)")
    errors = sum(finding.severity == "error" for finding in answer.findings)
    verdict = "Passed" if answer.passed else "Failed"
    typer.echo(
        f"{verdict} ({rules.pack.title}); errors: {errors}, "
        f"warnings: {len(answer.findings) - errors}"
    )


def _write_page(answer: Audit, rules: NamedPack, photos: Sequence[PhotoInput], path: Path) -> None:
    from stayrank_cli.pages import data_uri, write_html
    from stayrank_common.errors import PhotoError
    from stayrank_common.images import open_thumbnail

    sources = {photo.id: photo.source for photo in photos}
    rows = []
    for photo in answer.replace_first:
        source = sources[photo.id]
        try:
            picture = None if isinstance(source, PhotoError) else open_thumbnail(source, 480)
        except PhotoError:
            picture = None
        rows.append((photo, data_uri(picture) if picture else None))
    write_html(path, "audit.html", title="Gallery audit", audit=answer, pack=rules.pack, rows=rows)
