"""`stayrank filter`: leave out the photos that a feed must not show."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stayrank_cli.console import destination, plain, show_json, show_table, with_progress, writing
from stayrank_cli.photos import Paths, find_photos

if TYPE_CHECKING:
    from stayrank_cli.filter_verdict import Filtered, JudgedPhoto
    from stayrank_common.inputs import PhotoInput
    from stayrank_gallery.policy import Policy
    from stayrank_models.predictors import AestheticPredictor, TagPredictor


def filter_photos(
    paths: Paths,
    policy: Annotated[
        Path, typer.Option(help="The rules, for example samples/policies/marketing_feed.toml.")
    ],
    model: Annotated[
        str | None, typer.Option(help="Another tagger: `name`, `name:version` or a folder.")
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Copy what is kept to --out.")] = False,
    out: Annotated[Path | None, typer.Option(file_okay=False, help="Folder to copy to.")] = None,
    csv_file: Annotated[
        Path | None,
        typer.Option("--csv", dir_okay=False, callback=destination, help="Write a line a photo."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say which photos a feed must not show, and why; with --apply, copy the others."""
    if apply and not out:
        raise typer.BadParameter("--apply needs --out FOLDER, to copy what is kept to")
    photos = find_photos(paths)

    from stayrank_cli.filter_verdict import Filtered, write_csv
    from stayrank_gallery.policy import Policy
    from stayrank_models.artifacts import DEFAULT_AESTHETIC, DEFAULT_TAGGER, find
    from stayrank_models.predictors import AestheticPredictor, TagPredictor

    rules = Policy.load(policy)
    artifact = find(model or DEFAULT_TAGGER)
    rules.check_tags(artifact.manifest.labels)
    targets = _targets(photos, paths, out) if apply and out else {}
    tagger = TagPredictor(artifact)
    aesthetic = None
    if rules.min_mean is not None:
        aesthetic = AestheticPredictor(find(DEFAULT_AESTHETIC))
    judged = list(with_progress(_judge(photos, rules, tagger, aesthetic), len(photos), "Judging"))
    answer = Filtered(
        tagger=tagger.info,
        aesthetic=aesthetic.info if aesthetic else None,
        applied=apply,
        photos=judged,
    )
    if csv_file:
        write_csv(answer, csv_file)
    for photo, verdict in zip(photos, judged, strict=True):
        if apply and verdict.kept:
            _copy(photo, targets[photo.id])
    if json:
        show_json(answer)
    else:
        _show(answer, out)


def _judge(
    photos: Sequence[PhotoInput],
    rules: Policy,
    tagger: TagPredictor,
    aesthetic: AestheticPredictor | None,
) -> Iterator[JudgedPhoto]:
    from stayrank_cli.filter_verdict import JudgedPhoto
    from stayrank_common.schemas import AestheticResult, TagResult
    from stayrank_gallery.policy import violations

    ratings = aesthetic.stream(photos) if aesthetic else (None for _ in photos)
    for photo, tags, rating in zip(photos, tagger.stream(photos), ratings, strict=True):
        usable = isinstance(tags, TagResult)
        pixels = _pixels(photo) if usable and rules.min_pixels else None
        broken = violations(rules, tags, rating, pixels)
        yield JudgedPhoto(
            id=photo.id,
            kept=not broken,
            violations=list(broken),
            top_tag=tags.top_tag if isinstance(tags, TagResult) else None,
            tag_probability=tags.tags[0].probability if isinstance(tags, TagResult) else None,
            mean=rating.mean if isinstance(rating, AestheticResult) else None,
            pixels=pixels,
        )


def _pixels(photo: PhotoInput) -> int:
    from stayrank_common.images import Preprocessing, open_image

    assert isinstance(photo.source, Path)  # noqa: S101 - it could be tagged
    opened = open_image(photo.source, Preprocessing(width=32, height=32))
    return opened.width * opened.height


def _targets(photos: Sequence[PhotoInput], paths: Sequence[Path], out: Path) -> dict[str, Path]:
    """Id → where its copy goes: the path below the folder that was given.

    Raises:
        typer.BadParameter: If two copies, or a copy and an older file, would have one name.
    """
    targets: dict[str, Path] = {}
    for photo in photos:
        if isinstance(photo.source, Path):
            source = photo.source
            root = next((path for path in paths if path in source.parents), source.parent)
            targets[photo.id] = out / source.relative_to(root)
    counts = Counter(targets.values())
    for photo_id, target in targets.items():
        if counts[target] > 1 or target.exists():
            taken = "two photos would be" if counts[target] > 1 else "there is already a file"
            raise typer.BadParameter(f"{taken} {target} (for {photo_id}); nothing was copied")
    return targets


def _copy(photo: PhotoInput, target: Path) -> None:
    assert isinstance(photo.source, Path)  # noqa: S101 - only readable photos are kept
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(photo.source, target)


def _show(answer: Filtered, out: Path | None) -> None:
    from rich.table import Table

    from stayrank_common.tags import words

    table = Table("Photo", "Verdict", "Area", "Why")
    for photo in answer.photos:
        verdict = "kept" if photo.kept else "[red]removed"
        table.add_row(plain(photo.id), verdict, words(photo.top_tag or ""), plain(photo.why))
    show_table(table)
    kept = sum(photo.kept for photo in answer.photos)
    rules = Counter(broken.rule for photo in answer.photos for broken in photo.violations)
    why = ", ".join(f"{words(rule)} {count}" for rule, count in rules.most_common())
    removed = f"{len(answer.photos) - kept} removed{f' ({why})' if why else ''}"
    done = (
        f"copied to {out}" if answer.applied else "nothing copied (dry run; --apply --out FOLDER)"
    )
    typer.echo(f"{kept} kept, {removed}; {done}")
