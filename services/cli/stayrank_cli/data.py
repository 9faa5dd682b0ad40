"""`stayrank data`: from raw folders to labels that can be trusted. Verbs in pipeline order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stayrank_cli import data_agreement, data_clean, data_enrich, data_remote
from stayrank_cli.console import plain, show_json, show_table

if TYPE_CHECKING:
    import pandas as pd

    from stayrank_training.data.checking import CheckReport

app = typer.Typer(
    help="Prepare training data: fetch, enrich, check, dedupe, split, sample, clean, agreement, "
    "push.",
    no_args_is_help=True,
)

Source = Annotated[
    Path, typer.Argument(help="A manifest (.csv, .parquet), or a folder: [<split>/]<tag>/<photo>.")
]
Photos = Annotated[
    Path | None,
    typer.Option(help="Where the photos lie, if not beside the manifest.", file_okay=False),
]
Out = Annotated[Path, typer.Option(help="The manifest to write: .csv or .parquet.")]
Seed = Annotated[int, typer.Option(min=0, help="Another seed, another choice.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

app.command("fetch")(data_remote.fetch)
app.command("enrich")(data_enrich.enrich)


@app.command()
def check(
    source: Source,
    photos: Photos = None,
    min_edge: Annotated[
        int, typer.Option(min=1, help="Pixels that the shorter edge should have.")
    ] = 64,
    out: Annotated[
        Path | None, typer.Option(help="Write a manifest of the readable photos.")
    ] = None,
    json: Json = False,
) -> None:
    """Find photos that are unreadable, tiny, grey or misnamed, and classes without photos."""
    from stayrank_training.data.checking import check_photos
    from stayrank_training.data.manifests import empty_classes, read_manifest

    manifest = read_manifest(source, photos, missing_ok=True, any_suffix=True)
    if not any(path.exists() for path in manifest.paths()):
        raise typer.BadParameter(
            f"none of the {len(manifest.table)} photos lies in {manifest.photos}",
            param_hint="--photos",
        )
    empty = empty_classes(source)
    report = check_photos(manifest, min_edge=min_edge, empty_classes=empty)
    if json:
        show_json(report)
    else:
        _show(
            [
                {"file": finding.file, "fault": finding.fault.value, "detail": finding.detail}
                for finding in report.findings
            ],
            ("file", "fault", "detail"),
        )
        counts = ", ".join(f"{count} {fault}" for fault, count in report.faults.items())
        typer.echo(f"{report.readable} of {report.photos} photos are readable; {counts or 'fine'}")
    if out and report.readable:
        _write_readable(manifest.table, report, out)
    if not report.readable:
        raise typer.Exit(1)


@app.command()
def dedupe(
    source: Source,
    out: Out,
    photos: Photos = None,
    max_distance: Annotated[
        int, typer.Option(min=0, max=64, help="Bits in which hashes of near-duplicates may differ.")
    ] = 14,
    min_correlation: Annotated[
        float, typer.Option(min=0, max=1, help="Of the thumbnails of near-duplicates.")
    ] = 0.9,
    mark: Annotated[
        bool, typer.Option("--mark", help="Drop nothing; only fill in the column `cluster`.")
    ] = False,
    json: Json = False,
) -> None:
    """Keep the best copy of each photo. No file is touched: `--out` is a manifest of what is kept.

    What was dropped, and why, goes into a table beside it: `<out>.dropped.csv`.
    """
    from stayrank_training.data.duplicates import DedupeReport, deduplicate
    from stayrank_training.data.manifests import read_manifest, write_dropped, write_manifest

    result = deduplicate(
        read_manifest(source, photos), max_distance=max_distance, min_correlation=min_correlation
    )
    write_manifest(result.marked if mark else result.kept, out)
    beside = write_dropped(result.left_out(), out)
    report = DedupeReport.of(result)
    if json:
        show_json(report)
        return
    for file, reason in result.unreadable.items():
        typer.echo(f"unreadable: {plain(file)}: {plain(reason)}")
    typer.echo(
        f"{report.clusters} clusters; {report.exact} exact duplicates, {report.near} "
        f"near-duplicates, {report.unreadable} unreadable; {report.kept} photos kept"
    )
    typer.echo(
        f"{report.across_splits} of the duplicates lay in another split than the copy kept, "
        f"{report.other_tag} had another tag"
    )
    typer.echo(f"Wrote {out}{' (nothing dropped)' if mark else ''} and {beside}")


@app.command()
def split(
    source: Source,
    out: Out,
    photos: Photos = None,
    shares: Annotated[
        str, typer.Option(help="train/test or train/val/test, for example 70/15/15.")
    ] = "70/30",
    seed: Seed = 0,
) -> None:
    """Deal photos into splits: hotels and duplicates stay whole, classes keep their shares."""
    from stayrank_training.data.manifests import read_manifest, write_manifest
    from stayrank_training.data.splitting import doubts, parse_shares, split_photos

    try:
        goal = parse_shares(shares)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--shares") from error
    table = split_photos(read_manifest(source, photos, columns=("file", "tag")).table, goal, seed)
    write_manifest(table, out)
    for doubt in doubts(table):
        typer.echo(f"warning: {doubt}", err=True)
    counts = table.groupby(["tag", "split"]).size().unstack(fill_value=0)[list(goal)]
    counts.loc["all"] = counts.sum()
    rows = [
        {"tag": tag, **{s: f"{n} ({n / sum(row):.0%})" for s, n in zip(goal, row, strict=True)}}
        for tag, *row in counts.itertuples(name=None)
    ]
    _show(rows, ("tag", *goal))
    typer.echo(f"Wrote {out}")


@app.command()
def sample(
    source: Source,
    out: Out,
    size: Annotated[int, typer.Option("--size", "-n", min=1, help="Photos to draw.")],
    photos: Photos = None,
    by: Annotated[
        list[str] | None, typer.Option(help="A column whose values are strata; repeatable.")
    ] = None,
    weight: Annotated[
        list[str] | None,
        typer.Option(help="column=value:weight, how much likelier; repeatable, they multiply."),
    ] = None,
    seed: Seed = 0,
) -> None:
    """Draw photos to label: stratified and weighted, with the probability of each in a column."""
    from stayrank_training.data.manifests import read_manifest, write_manifest
    from stayrank_training.data.sampling import PROBABILITY, parse_weight, sample_photos

    try:
        parsed = [parse_weight(text) for text in weight or []]
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--weight") from error
    weights = {(column, value): factor for column, value, factor in parsed}
    # Photos to be labelled may lie elsewhere; only their rows are needed.
    table = read_manifest(source, photos, missing_ok=True).table
    columns = list(dict.fromkeys([*(by or []), *(column for column, _ in weights)]))
    drawn = sample_photos(table, size, columns, weights, seed)
    write_manifest(drawn, out)
    if columns:
        _show(_strata(table, drawn, columns), (*columns, "photos", "drawn"))
    typer.echo(f"Wrote {out}: {len(drawn)} of {len(table)} photos, {PROBABILITY} in a column")


app.command("clean")(data_clean.clean)
app.command("agreement")(data_agreement.agreement)


@app.command()
def convert(
    source: Annotated[Path, typer.Argument(help="AVA.txt, or labels.json.")],
    target: Annotated[Path, typer.Argument(help="What to write, the other of the two.")],
) -> None:
    """Turn the votes of AVA.txt into idealo's JSON labels, or back."""
    from stayrank_training.data.ava import convert

    count = convert(source, target)
    typer.echo(f"Wrote {target}: the votes on {count} photos")


app.command("push")(data_remote.push)


def _write_readable(table: pd.DataFrame, report: CheckReport, out: Path) -> None:
    import pandas as pd

    from stayrank_training.data.checking import Fault
    from stayrank_training.data.manifests import write_dropped, write_manifest

    bad = {f.file: f.detail for f in report.findings if f.fault == Fault.UNREADABLE}
    write_manifest(table[~table["file"].isin(list(bad))], out)
    reasons = [f"unreadable: {detail}" for detail in bad.values()]
    beside = write_dropped(pd.DataFrame({"file": list(bad), "reason": reasons}), out)
    typer.echo(f"Wrote {out} without the {len(bad)} unreadable photos of {beside}", err=True)


def _strata(table: pd.DataFrame, drawn: pd.DataFrame, columns: list[str]) -> list[dict[Any, Any]]:
    sizes = table.groupby(columns, dropna=False).size().rename("photos").reset_index()
    hits = drawn.groupby(columns, dropna=False).size().rename("drawn").reset_index()
    joined = sizes.merge(hits, on=columns, how="left").fillna({"drawn": 0})
    return joined.astype({"drawn": int}).to_dict("records")


def _show(rows: list[dict[Any, Any]], columns: tuple[str, ...]) -> None:
    from rich.table import Table

    if rows:
        table = Table(*columns)
        for row in rows:
            table.add_row(*(plain(str(row[column])) for column in columns))
        show_table(table)
