"""What `stayrank explain` writes: pictures, and one page for several photos."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from stayrank_cli.console import with_progress, writing
from stayrank_cli.pages import data_uri, write_html
from stayrank_common.decoding.decoder import PlainDecoder
from stayrank_common.errors import PhotoError
from stayrank_common.heat import colours
from stayrank_common.images import open_thumbnail
from stayrank_common.schemas import (
    AestheticExplanation,
    Explanation,
    PhotoFailure,
    Schema,
    TagExplanation,
    TagResult,
)
from stayrank_common.tags import words
from stayrank_models.artifacts import DEFAULT_AESTHETIC, DEFAULT_TAGGER, find
from stayrank_models.explainers import AestheticExplainer, TagExplainer, paint
from stayrank_models.predictors import AestheticPredictor, TagPredictor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stayrank_common.inputs import PhotoInput

_EDGE = 400  # pixels of the longer edge on the page
_TAGS = 3


class Explanations(Schema):
    """What `--json` prints."""

    results: list[TagExplanation | AestheticExplanation | PhotoFailure]


def write_picture(photo: PhotoInput, explanation: Explanation, out: Path, position: int) -> Path:
    """Write a photo under its heat as `<position>-<name>.png`, so that no two names meet."""
    stem = re.sub(r"[^\w.-]+", "_", Path(photo.id).stem)[:80]
    path = out / f"{position:03d}-{stem}.png"
    with writing(path):
        out.mkdir(parents=True, exist_ok=True)
        paint(photo, explanation, PlainDecoder()).save(path, "PNG")
    return path


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture of the page with what stands below it."""

    picture: str
    title: str
    detail: str
    focal_point: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """All that the page shows of a photo: its panels, or why it could not be used."""

    id: str
    panels: Sequence[Panel] = ()
    failure: str | None = None


def write_page(
    photos: Sequence[PhotoInput],
    path: Path,
    *,
    tagger: TagPredictor | None = None,
    aesthetic: AestheticPredictor | None = None,
    tag: str | None = None,
) -> None:
    """Write a page with each photo, its most probable areas and its mean score side by side.

    Args:
        photos: What to show.
        path: The page.
        tagger: By default the shipped one.
        aesthetic: By default the shipped one.
        tag: Show this area instead of the most probable ones.
    """
    tagger = tagger or TagPredictor(find(DEFAULT_TAGGER))
    aesthetic = aesthetic or AestheticPredictor(find(DEFAULT_AESTHETIC))
    rows = [
        _row(photo, tagger, aesthetic, tag)
        for photo in with_progress(photos, len(photos), "Painting")
    ]
    write_html(
        path,
        "explanations.html",
        title="Explanations",
        rows=rows,
        models=[tagger.info, aesthetic.info],
        scale=[f"rgb({r} {g} {b})" for r, g, b in colours(np.linspace(0, 1, 9))],
    )


def _row(
    photo: PhotoInput, tagger: TagPredictor, aesthetic: AestheticPredictor, tag: str | None
) -> Row:
    (seen,) = tagger.predict([photo])
    if isinstance(seen, PhotoFailure):
        return Row(photo.id, failure=seen.error.detail)
    panels = [_plain(photo, seen)]
    for place in seen.tags:
        if place.tag == tag or (tag is None and len(panels) <= _TAGS):
            explanation = TagExplainer(tagger, place.tag).explain(photo)
            panels.append(_panel(photo, explanation, words(place.tag), f"{place.probability:.1%}"))
    rated = AestheticExplainer(aesthetic).explain(photo)
    score = rated.mean if isinstance(rated, AestheticExplanation) else 0
    panels.append(_panel(photo, rated, "mean score", f"{score:.2f} of 10"))
    return Row(photo.id, panels)


def _plain(photo: PhotoInput, seen: TagResult) -> Panel:
    assert not isinstance(photo.source, PhotoError)  # noqa: S101 - it has been decoded
    picture = open_thumbnail(photo.source, _EDGE)
    return Panel(data_uri(picture), "photo", ", ".join(seen.warnings))


def _panel(
    photo: PhotoInput, explanation: Explanation | PhotoFailure, title: str, detail: str
) -> Panel:
    assert isinstance(explanation, Explanation)  # noqa: S101 - it has been decoded before
    picture = data_uri(paint(photo, explanation, PlainDecoder(), _EDGE))
    if explanation.warnings:
        detail += f" ({', '.join(explanation.warnings)})"
    focal = explanation.focal_point
    return Panel(picture, title, detail, (focal.x, focal.y))
