"""The main job: photos in, ordered gallery out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from stayrank_common.decoding.decoder import Decoder, PlainDecoder
from stayrank_common.errors import (
    MalformedRequestError,
    PhotoError,
    TooManyPhotosError,
    UnknownPolicyError,
    UpstreamError,
)
from stayrank_common.inputs import PhotoInput
from stayrank_common.look import Look
from stayrank_common.results import AllPhotosFailedError
from stayrank_common.schemas import ErrorBody, PhotoFailure
from stayrank_common.stages import timed
from stayrank_common.tasks import both
from stayrank_gallery.curation import check_options, curate, curate_scored
from stayrank_gallery.looking import look_at_all
from stayrank_gallery.policy import Policy
from stayrank_gallery.schemas import RankOptions, RankResponse, ScoredGallery
from stayrank_gallery.scored import split
from stayrank_gallery.scorers import Scorer, Scores


@dataclass(frozen=True, slots=True)
class Ranked:
    """An ordered gallery, and what it was ordered by.

    Args:
        response: The answer.
        scores: Both models' answers, for pages that show more than the answer holds.
        looks: By id, what the pixels say.
    """

    response: RankResponse
    scores: Scores
    looks: Mapping[str, Look]

    @property
    def with_scores(self) -> RankResponse:
        """The answer with what it takes to order the photos again."""
        photos = sorted(split(self.scores, self.looks)[0], key=lambda photo: photo.id)
        return self.response.model_copy(update={"photos": photos})


class Ranker:
    """Scores photos and orders them.

    Args:
        scorer: Tags and rates.
        duplicate_threshold: Cosine of embeddings from which photos are duplicates; by default what
            suits the model.
        policies: The feed policies that options may name.
        decoder: Opens the photos to look at; by default this process does.
        max_scored: How many photos may be ordered again at once.
        on_ranked: Told each answer about photos that were scored.
    """

    def __init__(
        self,
        scorer: Scorer,
        duplicate_threshold: float | None = None,
        policies: Mapping[str, Policy] | None = None,
        decoder: Decoder | None = None,
        max_scored: int = 1000,
        on_ranked: Callable[[RankResponse], None] = lambda _: None,
    ) -> None:
        self._scorer, self._duplicate_threshold = scorer, duplicate_threshold
        self._policies, self._decoder = policies or {}, decoder or PlainDecoder()
        self._max_scored, self._on_ranked = max_scored, on_ranked

    async def rank(self, photos: Sequence[PhotoInput], options: RankOptions) -> Ranked:
        """Order a gallery.

        Raises:
            OptionError: The options do not fit the photos.
            AllPhotosFailedError: Not one photo could be used.
            UpstreamError: Tags or scores could not be had; half a ranking is none.
        """
        options = self._with_policy(options)
        check_options(options, [photo.id for photo in photos])  # before the models work in vain
        unreadable = [
            PhotoFailure(id=photo.id, error=ErrorBody.of(photo.source))
            for photo in photos
            if isinstance(photo.source, PhotoError)
        ]
        readable = [photo for photo in photos if not isinstance(photo.source, PhotoError)]
        if not readable:
            raise AllPhotosFailedError(unreadable)
        try:
            scores, looks = await both(
                self._scorer.score(readable), look_at_all(readable, self._decoder)
            )
            ranked = await asyncio.to_thread(
                ranked_from, scores, options, self._duplicate_threshold, unreadable, looks
            )
        except AllPhotosFailedError as error:  # it knows only of those that were sent
            failures = {failure.id: failure for failure in [*unreadable, *error.failures]}
            raise AllPhotosFailedError([failures[photo.id] for photo in photos]) from error
        self._on_ranked(ranked.response)
        return ranked

    def rank_again(self, gallery: ScoredGallery) -> RankResponse:
        """Order photos that have been scored.

        Raises:
            TooManyPhotosError: There are more than `max_scored`.
            OptionError: The options do not fit the photos.
            MalformedRequestError: The embeddings are not of one form, or there are too many areas.
        """
        if len(gallery.photos) > self._max_scored:
            raise TooManyPhotosError(self._max_scored)
        try:
            return curate_scored(
                gallery.photos,
                self._with_policy(gallery.options),
                models=gallery.models,
                duplicate_threshold=self._duplicate_threshold,
            )
        except UpstreamError as error:  # here they come from the caller
            raise MalformedRequestError(f"photos: {error.reason}") from error

    def _with_policy(self, options: RankOptions) -> RankOptions:
        """Replace the name of a policy by its rules."""
        if not isinstance(options.policy, str):
            return options
        if options.policy not in self._policies:
            raise UnknownPolicyError(options.policy, self._policies)
        return options.model_copy(update={"policy": self._policies[options.policy]})


def ranked_from(
    scores: Scores,
    options: RankOptions,
    duplicate_threshold: float | None = None,
    unreadable: Sequence[PhotoFailure] = (),
    looks: Mapping[str, Look] | None = None,
) -> Ranked:
    """Order a gallery whose scores are there already; see `curate`.

    Raises:
        AllPhotosFailedError: Not one photo could be used.
    """
    with timed("rank", len(scores.tags.results)):
        response = curate(
            scores,
            options,
            duplicate_threshold=duplicate_threshold,
            unreadable=unreadable,
            looks=looks,
        )
    failed = [gone for gone in response.removed if gone.reason == "unreadable"]
    if not response.ranking and len(failed) == len(response.removed):
        raise AllPhotosFailedError(
            [PhotoFailure(id=gone.id, error=gone.error) for gone in failed if gone.error]
        )
    return Ranked(response, scores, looks or {})
