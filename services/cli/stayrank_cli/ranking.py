"""What `stayrank rank` reads, and the models behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import typer
from pydantic import ValidationError

from stayrank_cli.console import with_progress
from stayrank_common.decoding.decoder import PlainDecoder
from stayrank_common.inputs import PhotoInput
from stayrank_gallery.curation import curate
from stayrank_gallery.looking import look_at_one
from stayrank_gallery.ranker import Ranked
from stayrank_gallery.schemas import Pin, RankOptions, RankResponse
from stayrank_gallery.scorers import Scores, scores_of
from stayrank_models.both import open_both


def ranked_of(
    photos: Sequence[PhotoInput], options: RankOptions, model: str | None = None
) -> Ranked:
    """Score photos, and order them.

    Args:
        photos: Of one property.
        options: How to order.
        model: One for both answers; by default the two shipped models.

    Raises:
        ArtifactError: If there is no such model, or it does not give both answers.
    """
    with _one_thread() as pool:
        looks = pool.map(partial(look_at_one, decoder=PlainDecoder()), photos)
        scores = _scores(photos, model)
        by_id = {photo.id: look for photo, look in zip(photos, looks, strict=True) if look}
    response = curate(scores, options, looks=by_id)
    return Ranked(response, scores, by_id)


def _scores(photos: Sequence[PhotoInput], model: str | None) -> Scores:
    predictor = open_both(PlainDecoder(), model)
    results = list(with_progress(predictor.stream(photos), len(photos), "Looking"))
    return scores_of(predictor.tagger.info, predictor.aesthetic.info, results)


@contextmanager
def _one_thread() -> Iterator[ThreadPoolExecutor]:
    """A pool that drops what it has not begun: an error must not wait for a look at every photo."""
    pool = ThreadPoolExecutor(1)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def read_pins(texts: Sequence[str]) -> list[Pin]:
    """Read `ID:PLACE`.

    Raises:
        typer.BadParameter: If one is not of that form.
    """
    pins = []
    for text in texts:
        try:
            pins.append(Pin.model_validate(text))
        except ValidationError as error:
            raise typer.BadParameter(f"--pin {text}: expected ID:PLACE, places from 1") from error
    return pins


def read_order(path: Path) -> list[str]:
    """Read ids, one a line, or those of a ranking that `--json` wrote.

    Raises:
        typer.BadParameter: If the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"cannot read {path}: {error}") from error
    if not text.lstrip().startswith("{"):
        return [line for line in text.splitlines() if line]
    try:
        return [place.id for place in RankResponse.model_validate_json(text).ranking]
    except ValidationError as error:
        raise typer.BadParameter(f"{path} is not what `stayrank rank --json` writes") from error
