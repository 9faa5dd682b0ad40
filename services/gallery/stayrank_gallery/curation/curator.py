"""From scored photos to an ordered gallery: sift, fold duplicates, order, explain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from stayrank_common.errors import UpstreamError
from stayrank_common.look import Look
from stayrank_common.schemas import PhotoFailure
from stayrank_gallery.contexts import contexts
from stayrank_gallery.curation.area_percentiles import tables_for
from stayrank_gallery.curation.arrays import gallery_of
from stayrank_gallery.curation.checking import check_options
from stayrank_gallery.curation.copies import best_copies, threshold_for
from stayrank_gallery.curation.places import explain_places, place
from stayrank_gallery.curation.sifting import sift
from stayrank_gallery.ranking import (
    Constraints,
    CoverageGains,
    Gains,
    Gallery,
    MmrGains,
    RoundRobinGains,
    ScoreGains,
    arrange,
    like_views,
)
from stayrank_gallery.schemas import (
    Models,
    QualityScale,
    RankOptions,
    RankResponse,
    Removed,
    Strategy,
)
from stayrank_gallery.scored import ScoredPhoto, split
from stayrank_gallery.scorers import Scores

# Scores may come from callers, and every area is a column of numbers for all photos.
_MAX_AREAS = 1000


def curate(
    scores: Scores,
    options: RankOptions,
    *,
    duplicate_threshold: float | None = None,
    unreadable: Sequence[PhotoFailure] = (),
    looks: Mapping[str, Look] | None = None,
) -> RankResponse:
    """Order a gallery.

    Args:
        scores: Both answers about the photos.
        options: What is wanted of the order.
        duplicate_threshold: Cosine of embeddings from which photos are duplicates; by default what
            suits the model.
        unreadable: Photos that could not even be sent to the models.
        looks: By id, what the pixels say; without, embeddings alone find duplicates.

    Returns:
        The ranking. It depends on the photos and their ids, not on the order they came in.

    Raises:
        OptionError: The options do not fit the photos or the models.
        UpstreamError: The embeddings are not of one form, or there are too many areas.
    """
    photos, failures = split(scores, looks or {})
    return curate_scored(
        photos,
        options,
        models=Models(tagger=scores.tags.model, aesthetic=scores.aesthetics.model),
        duplicate_threshold=duplicate_threshold,
        failures=[*failures, *unreadable],
    )


def curate_scored(
    photos: Sequence[ScoredPhoto],
    options: RankOptions,
    *,
    models: Models | None,
    duplicate_threshold: float | None = None,
    failures: Sequence[PhotoFailure] = (),
) -> RankResponse:
    """Order photos that have been scored; see `curate`.

    Args:
        photos: No two with one id.
        options: What is wanted of the order.
        models: That the scores come from; area percentiles are known for one of them alone.
        duplicate_threshold: Cosine of embeddings from which photos are duplicates; by default what
            suits the model.
        failures: Photos that could not be scored.

    Raises:
        OptionError: The options do not fit the photos or the models.
        UpstreamError: The embeddings are not of one form, or there are too many areas.
    """
    check_options(options, [*(photo.id for photo in photos), *(gone.id for gone in failures)])
    tables = tables_for(
        models.aesthetic if models else None, needed=options.score is QualityScale.AREA_PERCENTILE
    )
    photos = sorted(photos, key=lambda photo: photo.id)
    areas = sorted({entry.tag for photo in photos for entry in photo.tags.tags})
    if len(areas) > _MAX_AREAS:
        raise UpstreamError("tagger", f"it names {len(areas):,} areas, more than {_MAX_AREAS:,}")
    removed = [
        Removed(id=failure.id, reason="unreadable", error=failure.error)
        for failure in sorted(failures, key=lambda failure: failure.id)
    ]
    kept, sifted = sift(photos, options, areas)
    removed += sifted
    gallery = gallery_of(kept, areas, options.score, tables)
    threshold = threshold_for(models) if duplicate_threshold is None else duplicate_threshold
    best = best_copies(gallery, kept, options, threshold)
    removed += [
        Removed(id=photo.id, reason="duplicate", duplicate_of=kept[best[index]].id)
        for index, photo in enumerate(kept)
        if best[index] != index
    ]
    originals = np.flatnonzero(best == np.arange(len(kept)))
    kept, gallery = [kept[index] for index in originals], gallery.take(originals)
    gallery = replace(gallery, views=like_views(gallery, threshold=threshold))
    context = contexts()[options.context]
    gains = _gains(gallery, options, context.of(areas))
    arranged = arrange(gains, _constraints(gallery, kept, options))
    ordered = [kept[index] for index in arranged.order]
    shown = ordered[: options.limit]
    reasons = explain_places(gallery, arranged, areas, options, context)
    removed += [Removed(id=photo.id, reason="over_limit") for photo in ordered[len(shown) :]]
    return RankResponse(
        models=models,
        strategy=options.strategy,
        ranking=[
            place(photo, position, cause, phrases, tables)
            for position, (photo, cause, phrases) in enumerate(
                zip(shown, arranged.causes, reasons, strict=False), start=1
            )
        ],
        removed=removed,
        coverage={area: [photo.id for photo in shown if _shows(photo, area)] for area in areas},
    )


def _gains(gallery: Gallery, options: RankOptions, weights: Sequence[float]) -> Gains:
    match options.strategy:
        case Strategy.COVERAGE:
            # Without photos there are no areas, but an array has a column.
            return CoverageGains(gallery, trade_off=options.trade_off, weights=weights or None)
        case Strategy.SCORE:
            return ScoreGains(gallery)
        case Strategy.ROUND_ROBIN:
            return RoundRobinGains(gallery)
        case Strategy.MMR:
            return MmrGains(gallery, trade_off=options.trade_off)


def _constraints(
    gallery: Gallery, photos: Sequence[ScoredPhoto], options: RankOptions
) -> Constraints:
    """What the options ask of photos that are still there."""
    index = {photo.id: position for position, photo in enumerate(photos)}
    return Constraints(
        areas=gallery.top_tags,
        pins={pin.place - 1: index[pin.id] for pin in options.pin if pin.id in index},
        max_run=options.max_run,
        present=np.array([index[i] for i in options.current if i in index], dtype=np.intp),
        margin=options.stability,
    )


def _shows(photo: ScoredPhoto, area: str) -> bool:
    return not photo.tags.rejected and photo.tags.top_tag == area
