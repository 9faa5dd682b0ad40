"""The main job: photos in, ordered gallery out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stayrank_common.errors import PhotoError
from stayrank_common.inputs import PhotoInput
from stayrank_common.results import AllPhotosFailedError
from stayrank_common.schemas import ErrorBody, PhotoFailure
from stayrank_common.stages import timed
from stayrank_gallery.curation import curate
from stayrank_gallery.schemas import RankOptions, RankResponse
from stayrank_gallery.scorers import Scorer, Scores


@dataclass(frozen=True, slots=True)
class Ranked:
    """An ordered gallery, and what it was ordered by.

    Args:
        response: The answer.
        scores: Both models' answers, for pages that show more than the answer holds.
    """

    response: RankResponse
    scores: Scores


class Ranker:
    """Scores photos and orders them.

    Args:
        scorer: Tags and rates.
        duplicate_threshold: Cosine of embeddings from which photos are duplicates.
    """

    def __init__(self, scorer: Scorer, duplicate_threshold: float) -> None:
        self._scorer, self._duplicate_threshold = scorer, duplicate_threshold

    async def rank(self, photos: Sequence[PhotoInput], options: RankOptions) -> Ranked:
        """Order a gallery.

        Raises:
            AllPhotosFailedError: Not one photo could be used.
            UpstreamError: Tags or scores could not be had; half a ranking is none.
        """
        unreadable = [
            PhotoFailure(id=photo.id, error=ErrorBody.of(photo.source))
            for photo in photos
            if isinstance(photo.source, PhotoError)
        ]
        readable = [photo for photo in photos if not isinstance(photo.source, PhotoError)]
        if not readable:
            raise AllPhotosFailedError(unreadable)
        try:
            scores = await self._scorer.score(readable)
            return rank_scored(scores, options, self._duplicate_threshold, unreadable)
        except AllPhotosFailedError as error:  # it knows only of those that were sent
            failures = {failure.id: failure for failure in [*unreadable, *error.failures]}
            raise AllPhotosFailedError([failures[photo.id] for photo in photos]) from error


def rank_scored(
    scores: Scores,
    options: RankOptions,
    duplicate_threshold: float,
    unreadable: Sequence[PhotoFailure] = (),
) -> Ranked:
    """Order a gallery whose scores are there already; see `curate`.

    Raises:
        AllPhotosFailedError: Not one photo could be used.
    """
    with timed("rank", len(scores.tags.results)):
        response = curate(
            scores, options, duplicate_threshold=duplicate_threshold, unreadable=unreadable
        )
    if not response.ranking:
        raise AllPhotosFailedError(
            [PhotoFailure(id=gone.id, error=gone.error) for gone in response.removed if gone.error]
        )
    return Ranked(response, scores)
