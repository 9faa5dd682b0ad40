"""A scorer that makes answers up, for tests and for trying the gallery without models."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Sequence

import numpy as np

from stayrank_common.errors import StayRankError, UndecodablePhotoError
from stayrank_common.heat import overlay
from stayrank_common.images import open_thumbnail
from stayrank_common.inputs import PhotoInput
from stayrank_common.ratings import mean_score, normalised, score_std
from stayrank_common.results import AllPhotosFailedError
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
from stayrank_common.tags import TAGS
from stayrank_gallery.scorers.base import Scores

_LONG_EDGE = 1024  # pixels of a painted photo
_MODEL = ModelInfo(name="fake", version="1", sha256="0" * 64)


class FakeScorer:
    """Answers by the content's hash: equal bytes get equal answers.

    Content that starts with `bad` cannot be decoded.

    Args:
        error: Raised by every call, where given.
    """

    def __init__(self, error: StayRankError | None = None) -> None:
        self._error = error
        self.calls: list[list[str]] = []
        self.explained: list[tuple[str, str | None]] = []

    async def reach(self) -> None:
        """Nothing to reach."""

    async def score(self, photos: Sequence[PhotoInput]) -> Scores:
        """See `Scorer.score`."""
        self.calls.append([photo.id for photo in photos])
        if self._error:
            raise self._error
        return Scores(
            TagResponse(model=_MODEL, results=[_tag(photo) for photo in photos]),
            AestheticResponse(model=_MODEL, results=[_rate(photo) for photo in photos]),
        )

    async def explain(self, photo: PhotoInput, tag: str | None) -> bytes:
        """See `Scorer.explain`; the same photo is as hot for every area.

        Raises:
            AllPhotosFailedError: The content starts with `bad`.
            PhotoError: It is no picture.
        """
        self.explained.append((photo.id, tag))
        if self._error:
            raise self._error
        numbers = _numbers(photo)
        if numbers is None or not isinstance(photo.source, bytes):
            raise AllPhotosFailedError([_failure(photo)])
        content = io.BytesIO()
        overlay(open_thumbnail(photo.source, _LONG_EDGE), numbers.random((7, 7))).save(
            content, "PNG"
        )
        return content.getvalue()

    async def aclose(self) -> None:
        """Nothing to release."""


def _numbers(photo: PhotoInput) -> np.random.Generator | None:
    content = photo.source if isinstance(photo.source, bytes) else b"bad"
    if content.startswith(b"bad"):
        return None
    return np.random.default_rng(list(hashlib.sha256(content).digest()))


def _failure(photo: PhotoInput) -> PhotoFailure:
    return PhotoFailure(id=photo.id, error=ErrorBody.of(UndecodablePhotoError("made up")))


def _tag(photo: PhotoInput) -> TagResult | PhotoFailure:
    numbers = _numbers(photo)
    if numbers is None:
        return _failure(photo)
    probabilities = numbers.dirichlet(np.full(len(TAGS), 0.2))
    order = np.argsort(-probabilities)
    embedding = numbers.normal(size=16).astype("<f2")
    return TagResult(
        id=photo.id,
        top_tag=TAGS[order[0]],
        rejected=bool(probabilities[order[0]] < 0.5),
        tags=[TagProbability(tag=TAGS[i], probability=float(probabilities[i])) for i in order],
        warnings=[],
        embedding=Embedding(dimension=16, data=base64.b64encode(embedding.tobytes()).decode()),
    )


def _rate(photo: PhotoInput) -> AestheticResult | PhotoFailure:
    numbers = _numbers(photo)
    if numbers is None:
        return _failure(photo)
    distribution = normalised(numbers.integers(1, 50, size=10))
    mean = float(mean_score(distribution))
    return AestheticResult(
        id=photo.id,
        mean=mean,
        std=float(score_std(distribution)),
        distribution=distribution.tolist(),
        percentile=10 * mean,
        warnings=[],
    )
