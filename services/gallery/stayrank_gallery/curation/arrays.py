"""From scored photos to the arrays that a ranking works on."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stayrank_common.errors import UpstreamError
from stayrank_gallery.curation.area_percentiles import Tables, area_percentile
from stayrank_gallery.ranking import Gallery
from stayrank_gallery.schemas import QualityScale
from stayrank_gallery.scored import ScoredPhoto


def gallery_of(
    photos: Sequence[ScoredPhoto],
    areas: Sequence[str],
    scale: QualityScale,
    tables: Tables | None = None,
) -> Gallery:
    """Make a gallery of `n` photos and `T` areas, in the order given.

    Args:
        photos: Scored photos.
        areas: What the tagger knows.
        scale: Of the quality.
        tables: What scores are compared with within an area; only `area_percentile` needs them.

    Raises:
        UpstreamError: The embeddings are not of one form.
    """
    probabilities = np.zeros((len(photos), len(areas) or 1))
    for row, photo in zip(probabilities, photos, strict=True):
        if not photo.tags.rejected:  # a photo of no known area covers nothing
            by_tag = {entry.tag: entry.probability for entry in photo.tags.tags}
            row[:] = [by_tag.get(area, 0.0) for area in areas]
    quality = [_quality(photo, scale, tables or {}) for photo in photos]
    return Gallery(quality, probabilities, _embeddings(photos))


def _quality(photo: ScoredPhoto, scale: QualityScale, tables: Tables) -> float:
    """In [0, 1]; where an area has no percentiles, the one among all training photos."""
    rating = photo.aesthetic
    if scale is QualityScale.MEAN:
        return (rating.mean - 1) / 9
    within = area_percentile(tables, photo.tags, rating)
    return (rating.percentile if within is None else within) / 100


def _embeddings(photos: Sequence[ScoredPhoto]) -> NDArray[np.float64]:
    """`(n, d)`: as the tagger sent them.

    Raises:
        UpstreamError: One is missing, not base64, not finite, or of another dimension than the
            others.
    """
    if not photos:
        return np.empty((0, 1))
    packed = [photo.tags.embedding.data if photo.tags.embedding else "" for photo in photos]
    try:
        rows = [np.frombuffer(base64.b64decode(row, validate=True), dtype="<f2") for row in packed]
        embeddings = np.stack(rows).astype(np.float64)
    except ValueError as error:
        raise UpstreamError("tagger", "its embeddings are not of one form") from error
    if not embeddings.size or not np.isfinite(embeddings).all():
        raise UpstreamError("tagger", "its embeddings are missing or not finite")
    return embeddings
