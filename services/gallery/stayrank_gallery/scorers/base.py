"""What the gallery needs to know about its photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from stayrank_common.inputs import PhotoInput
from stayrank_common.schemas import (
    AestheticResponse,
    AestheticResult,
    ModelInfo,
    PhotoFailure,
    TagResponse,
    TagResult,
)


@dataclass(frozen=True, slots=True)
class Scores:
    """Both answers about the same photos.

    Args:
        tags: Areas, with embeddings.
        aesthetics: Ratings. Its results and those of `tags` name the same photos in one order.
    """

    tags: TagResponse
    aesthetics: AestheticResponse


def scores_of(
    tagger: ModelInfo, aesthetic: ModelInfo, results: Sequence[TagResult | PhotoFailure]
) -> Scores:
    """Both answers about photos whose areas and ratings came together.

    Args:
        tagger: The model that named the areas.
        aesthetic: The model that predicted the ratings; it may be the same.
        results: Areas with ratings, or failures.

    Raises:
        ValueError: If a rating is missing.
    """
    tags: list[TagResult | PhotoFailure] = []
    ratings: list[AestheticResult | PhotoFailure] = []
    for result in results:
        if isinstance(result, PhotoFailure):
            tags.append(result)
            ratings.append(result)
        elif result.aesthetic is None:
            raise ValueError(f"no rating of {result.id}")
        else:
            tags.append(result.without("aesthetic"))
            ratings.append(result.aesthetic.model_copy(update={"id": result.id}))
    return Scores(
        TagResponse(model=tagger, results=tags), AestheticResponse(model=aesthetic, results=ratings)
    )


class Scorer(Protocol):
    """Tags and rates photos."""

    async def reach(self) -> None:
        """Check that what it depends on has answered once.

        Raises:
            UpstreamError: It has not, or it is something else.
        """
        ...

    async def score(self, photos: Sequence[PhotoInput]) -> Scores:
        """Tag and rate photos, both at the same time.

        Args:
            photos: At least one, each with content.

        Raises:
            UpstreamError: One of the two failed; there are no half answers.
        """
        ...

    async def explain(self, photo: PhotoInput, tag: str | None) -> bytes:
        """Paint a photo under its heat, where the evidence for an answer lies.

        Args:
            photo: With content.
            tag: The area to explain; None for what lifts the mean score.

        Returns:
            A PNG file.

        Raises:
            AllPhotosFailedError: The photo cannot be used.
            MalformedRequestError: There is no such area.
            UpstreamError: The model that answers failed.
        """
        ...

    async def aclose(self) -> None:
        """Release connections and threads."""
        ...
