"""Photos with all that the models and a look at their pixels said: what an order is made of."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ConfigDict, JsonValue

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

_EXAMPLE: JsonValue = {
    "id": "pool.jpg",
    "tags": {
        "id": "pool.jpg",
        "top_tag": "swimming_pool",
        "rejected": False,
        "tags": [{"tag": "swimming_pool", "probability": 0.97}],
        "warnings": [],
        "embedding": {"dimension": 2, "data": "ADwAAA=="},
    },
    "aesthetic": {
        "id": "pool.jpg",
        "mean": 6.79,
        "std": 1.21,
        "distribution": [0, 0, 0.01, 0.02, 0.09, 0.26, 0.35, 0.2, 0.06, 0.01],
        "percentile": 93.69,
        "warnings": [],
    },
}


class ScoredPhoto(Schema):
    """A photo that both models could use; the ids within are not looked at."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

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
