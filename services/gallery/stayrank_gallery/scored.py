"""Photos with all that the models and a look at their pixels said: what an order is made of."""

from __future__ import annotations

from collections.abc import Mapping

from stayrank_common.look import Look
from stayrank_common.schemas import (
    AestheticResult,
    OrAbsent,
    PhotoFailure,
    PhotoId,
    Schema,
    TagResult,
)
from stayrank_gallery.scorers import Scores


class ScoredPhoto(Schema):
    """A photo that both models could use; the ids within are not looked at."""

    id: PhotoId
    tags: TagResult
    aesthetic: AestheticResult
    look: OrAbsent[Look] = None


def split(
    scores: Scores, looks: Mapping[str, Look]
) -> tuple[list[ScoredPhoto], list[PhotoFailure]]:
    """Separate the photos that both models could use from the others.

    Args:
        scores: Both answers.
        looks: By id, as far as there are any.
    """
    scored, failures = [], []
    for tags, rating in zip(scores.tags.results, scores.aesthetics.results, strict=True):
        if isinstance(tags, PhotoFailure):
            failures.append(tags)
        elif isinstance(rating, PhotoFailure):
            failures.append(rating)
        else:
            scored.append(
                ScoredPhoto.model_construct(
                    id=tags.id, tags=tags, aesthetic=rating, look=looks.get(tags.id)
                )
            )
    return scored, failures
