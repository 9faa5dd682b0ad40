import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from stayrank_common.errors import UndecodablePhotoError
from stayrank_common.schemas import (
    AestheticResponse,
    AestheticResult,
    Embedding,
    ErrorBody,
    ModelInfo,
    PhotoFailure,
    TagProbability,
    TagResponse,
    TagResult,
)
from stayrank_gallery.scorers import Scores

TAGGER = ModelInfo(name="tagger", version="1", sha256="a" * 64)
AESTHETIC = ModelInfo(name="nima-mobilenet", version="1.2.0", sha256="b" * 64)
AREAS = ("bedroom", "bathroom", "exterior")


@dataclass(frozen=True)
class Shot:
    """A photo as the models see it; `direction` in degrees: alike photos point alike.

    `unusable` names the model that cannot use it: `tagger`, `aesthetic` or `both`.
    """

    id: str
    tag: str = "bedroom"
    mean: float = 5.0
    direction: float = 0.0
    probability: float = 0.9
    rejected: bool = False
    unusable: str = ""
    warnings: tuple[str, ...] = ()


def failure_of(photo_id: str, detail: str = "made up") -> PhotoFailure:
    return PhotoFailure(id=photo_id, error=ErrorBody.of(UndecodablePhotoError(detail)))


def _embedding(direction: float) -> Embedding:
    angle = np.radians(direction)
    data = np.array([np.cos(angle), np.sin(angle)], dtype="<f2").tobytes()
    return Embedding(dimension=2, data=base64.b64encode(data).decode())


def _tags(shot: Shot) -> TagResult | PhotoFailure:
    if shot.unusable in {"tagger", "both"}:
        return failure_of(shot.id, "by the tagger")
    rest = (1 - shot.probability) / (len(AREAS) - 1)
    tags = [
        TagProbability(tag=area, probability=shot.probability if area == shot.tag else rest)
        for area in sorted(AREAS, key=lambda area: area != shot.tag)
    ]
    return TagResult(
        id=shot.id,
        top_tag=shot.tag,
        rejected=shot.rejected,
        tags=tags,
        warnings=list(shot.warnings),
        embedding=_embedding(shot.direction),
    )


def _rating(shot: Shot) -> AestheticResult | PhotoFailure:
    if shot.unusable in {"aesthetic", "both"}:
        return failure_of(shot.id, "by the aesthetic model")
    return AestheticResult(
        id=shot.id,
        mean=shot.mean,
        std=1.5,
        distribution=[0.1] * 10,
        percentile=10 * shot.mean,
        warnings=list(shot.warnings),
    )


@pytest.fixture(scope="session")
def shot() -> type[Shot]:
    return Shot


@pytest.fixture(scope="session")
def scores_of() -> Callable[[Sequence[Shot]], Scores]:
    """What both models say about some shots."""

    def make(shots: Sequence[Shot]) -> Scores:
        return Scores(
            TagResponse(model=TAGGER, results=[_tags(shot) for shot in shots]),
            AestheticResponse(model=AESTHETIC, results=[_rating(shot) for shot in shots]),
        )

    return make


@pytest.fixture(scope="session")
def failure() -> Callable[..., PhotoFailure]:
    return failure_of
