"""From scored photos to an ordered gallery: fold duplicates, order, explain."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stayrank_common.errors import UpstreamError
from stayrank_common.schemas import AestheticResult, PhotoFailure, TagResult
from stayrank_common.tags import words
from stayrank_gallery.ranking import (
    Gallery,
    coverage_order,
    duplicate_groups,
    mmr_order,
    reasons,
    round_robin_order,
    score_order,
)
from stayrank_gallery.schemas import (
    Aesthetic,
    Models,
    Place,
    RankOptions,
    RankResponse,
    Removed,
    Strategy,
)
from stayrank_gallery.scorers import Scores


@dataclass(frozen=True, slots=True)
class _Scored:
    """A photo that both models could use."""

    id: str
    tags: TagResult
    rating: AestheticResult


def curate(
    scores: Scores,
    options: RankOptions,
    *,
    duplicate_threshold: float,
    unreadable: Sequence[PhotoFailure] = (),
) -> RankResponse:
    """Order a gallery.

    Args:
        scores: Both answers about the photos.
        options: Strategy, trade-off and limit.
        duplicate_threshold: Cosine of embeddings from which photos are duplicates.
        unreadable: Photos that could not even be sent to the models.

    Returns:
        The ranking. It depends on the photos and their ids, not on the order they came in.
    """
    scored, failures = _split(scores)
    removed = [
        Removed(id=failure.id, reason="unreadable", error=failure.error)
        for failure in sorted([*failures, *unreadable], key=lambda failure: failure.id)
    ]
    areas = sorted({tag.tag for photo in scored for tag in photo.tags.tags})
    gallery = _gallery(scored, areas)
    best = duplicate_groups(gallery, threshold=duplicate_threshold)
    originals = np.flatnonzero(best == np.arange(len(scored)))
    order = originals[_order(gallery.take(originals), options)]
    shown = order[: options.limit]
    explained = reasons(gallery.take(order), np.arange(len(order)), [words(a) for a in areas])
    ranking = [
        _place(scored[index], position, phrases)
        for position, (index, phrases) in enumerate(zip(shown, explained, strict=False), start=1)
    ]
    removed += [
        Removed(id=photo.id, reason="duplicate", duplicate_of=scored[best[index]].id)
        for index, photo in enumerate(scored)
        if best[index] != index
    ]
    removed += [Removed(id=scored[i].id, reason="over_limit") for i in order[len(shown) :]]
    return RankResponse(
        models=Models(tagger=scores.tags.model, aesthetic=scores.aesthetics.model),
        strategy=options.strategy,
        ranking=ranking,
        removed=removed,
        coverage={area: [scored[i].id for i in shown if _shows(scored[i], area)] for area in areas},
    )


def gallery_of(scores: Scores) -> Gallery:
    """The photos that both models could use, sorted by id, as a ranking sees them."""
    scored, _ = _split(scores)
    return _gallery(scored, sorted({tag.tag for photo in scored for tag in photo.tags.tags}))


def _split(scores: Scores) -> tuple[list[_Scored], list[PhotoFailure]]:
    """Separate the photos that both models could use, sorted by id, from the others."""
    scored, failures = [], []
    for tags, rating in zip(scores.tags.results, scores.aesthetics.results, strict=True):
        if isinstance(tags, PhotoFailure):
            failures.append(tags)
        elif isinstance(rating, PhotoFailure):
            failures.append(rating)
        else:
            scored.append(_Scored(tags.id, tags, rating))
    return sorted(scored, key=lambda photo: photo.id), failures


def _gallery(scored: Sequence[_Scored], areas: Sequence[str]) -> Gallery:
    quality = [(photo.rating.mean - 1) / 9 for photo in scored]
    probabilities = np.zeros((len(scored), len(areas) or 1))
    for row, photo in zip(probabilities, scored, strict=True):
        if not photo.tags.rejected:  # a photo of no known area covers nothing
            by_tag = {entry.tag: entry.probability for entry in photo.tags.tags}
            row[:] = [by_tag.get(area, 0.0) for area in areas]
    return Gallery(quality, probabilities, _embeddings(scored))


def _embeddings(scored: Sequence[_Scored]) -> NDArray[np.float64]:
    """`(n, d)`: as the tagger sent them.

    Raises:
        UpstreamError: One is missing, not base64, not finite, or of another dimension than the
            others.
    """
    if not scored:
        return np.empty((0, 1))
    packed = [photo.tags.embedding.data if photo.tags.embedding else "" for photo in scored]
    try:
        rows = [np.frombuffer(base64.b64decode(row, validate=True), dtype="<f2") for row in packed]
        embeddings = np.stack(rows).astype(np.float64)
    except ValueError as error:
        raise UpstreamError("tagger", "its embeddings are not of one form") from error
    if not embeddings.size or not np.isfinite(embeddings).all():
        raise UpstreamError("tagger", "its embeddings are missing or not finite")
    return embeddings


def _order(gallery: Gallery, options: RankOptions) -> NDArray[np.intp]:
    match options.strategy:
        case Strategy.COVERAGE:
            return coverage_order(gallery, trade_off=options.trade_off)
        case Strategy.SCORE:
            return score_order(gallery)
        case Strategy.ROUND_ROBIN:
            return round_robin_order(gallery)
        case Strategy.MMR:
            return mmr_order(gallery, trade_off=options.trade_off)


def _place(photo: _Scored, position: int, phrases: list[str]) -> Place:
    rating = photo.rating
    return Place(
        id=photo.id,
        position=position,
        tag=photo.tags.top_tag,
        tag_probability=photo.tags.tags[0].probability,
        aesthetic=Aesthetic(mean=rating.mean, std=rating.std, percentile=rating.percentile),
        reasons=[*phrases, *(words(warning) for warning in photo.tags.warnings)],
    )


def _shows(photo: _Scored, area: str) -> bool:
    return not photo.tags.rejected and photo.tags.top_tag == area
