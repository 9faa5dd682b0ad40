"""The places of a ranking, and why each photo stands at its own."""

from __future__ import annotations

from collections.abc import Sequence

from stayrank_common.tags import words
from stayrank_gallery.contexts import Context
from stayrank_gallery.curation.area_percentiles import Tables, area_percentile
from stayrank_gallery.ranking import Arrangement, Cause, Gallery, reasons
from stayrank_gallery.schemas import Aesthetic, Place, QualityScale, RankOptions, Strategy
from stayrank_gallery.scored import ScoredPhoto


def explain_places(
    gallery: Gallery,
    arranged: Arrangement,
    areas: Sequence[str],
    options: RankOptions,
    context: Context,
) -> list[list[str]]:
    """Give the reasons of each place, in plain words."""
    names = [words(area) for area in areas]
    told = reasons(gallery, arranged, names, max_run=options.max_run)
    if options.score is QualityScale.AREA_PERCENTILE:
        told = [[*phrases, "scores are compared within each area"] for phrases in told]
    if options.strategy is not Strategy.COVERAGE:
        return told
    seen: set[int] = set()
    for area, phrases in zip(gallery.top_tags[arranged.order].tolist(), told, strict=True):
        weight = context.weights.get(areas[area]) if area >= 0 and area not in seen else None
        seen.add(area)
        if weight and weight.weight > 1:
            phrases.append(f"matters more here ({context.title}): {weight.reason}")
    return told


def place(
    photo: ScoredPhoto, position: int, cause: Cause, phrases: list[str], tables: Tables
) -> Place:
    """Describe a place of the ranking."""
    rating = photo.aesthetic
    return Place(
        id=photo.id,
        position=position,
        tag=photo.tags.top_tag,
        tag_probability=photo.tags.tags[0].probability,
        aesthetic=Aesthetic(
            mean=rating.mean,
            std=rating.std,
            percentile=rating.percentile,
            area_percentile=area_percentile(tables, photo.tags, rating),
        ),
        pinned=cause is Cause.PINNED,
        reasons=[*phrases, *(words(warning) for warning in photo.tags.warnings)],
    )
