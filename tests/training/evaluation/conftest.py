"""Judgements of made-up models."""

from pathlib import Path

import numpy as np
import pytest

from stayrank_common.schemas import (
    AestheticResponse,
    AestheticResult,
    ErrorBody,
    ModelInfo,
    PhotoFailure,
    TagProbability,
    TagResponse,
    TagResult,
)
from stayrank_training.data.galleries import RatedGallery
from stayrank_training.data.photos import TaggedPhoto
from stayrank_training.evaluation.gallery_answers import GalleryAnswers
from stayrank_training.evaluation.judgements import RatingJudgements, TagJudgements

LABELS = ("bedroom", "bathroom", "foyer", "reception")


@pytest.fixture
def tag_judgements():
    """Make judgements: `tag_judgements(truth, predicted, confidence, rejected)`; −1 is `other`."""

    def make(truth, predicted, confidence=0.7, rejected=False):
        truth, predicted = np.asarray(truth), np.asarray(predicted)
        n = len(truth)
        confidence = np.broadcast_to(confidence, n)
        rest = (1 - confidence) / (len(LABELS) - 1)
        rows = np.repeat(rest[:, None], len(LABELS), axis=1)
        rows[np.arange(n), predicted] = confidence
        photos = [
            TaggedPhoto(
                Path(f"{i}.jpg"), f"{i}.jpg", "other" if t < 0 else LABELS[t], "test",
                "web" if i % 2 else "guests", f"hotel-{i // 3}",
            )
            for i, t in enumerate(truth)
        ]  # fmt: skip
        return TagJudgements(photos, LABELS, truth, rows, confidence, np.broadcast_to(rejected, n))

    return make


@pytest.fixture
def rating_judgements():
    """Make judgements of photos whose votes all lie on one rating."""

    def make(predicted, given, tags=None, hotels=None):
        n = len(given)
        on = np.eye(10)
        return RatingJudgements(
            [f"{i}.jpg" for i in range(n)],
            tags or [""] * n,
            hotels or [""] * n,
            on[np.asarray(predicted) - 1],
            on[np.asarray(given) - 1],
        )

    return make


@pytest.fixture
def rated_gallery(tmp_path):
    """Make a gallery: `rated_gallery(name, areas, ratings)`; its photos are `0.jpg`, `1.jpg`, …"""

    def make(name, areas, ratings):
        files = [f"{index}.jpg" for index in range(len(areas))]
        return RatedGallery(
            name, "train", tmp_path / name, files, np.array(areas), np.array(ratings, dtype=float)
        )

    return make


@pytest.fixture
def gallery_answers():
    """Make answers about a gallery: `gallery_answers(gallery, copies)`, right in every case."""
    model = ModelInfo(name="made-up", version="1", sha256="0" * 64)

    def make(gallery, copies=None):
        ids = [*gallery.files, *(copies or {})]
        truth = dict(
            zip(gallery.files, zip(gallery.areas, gallery.ratings, strict=True), strict=True)
        )
        seen = [truth[(copies or {}).get(photo, photo)] for photo in ids]
        tags = [
            TagResult(
                id=photo,
                top_tag=area,
                rejected=area == "other",
                tags=[TagProbability(tag=area, probability=1.0)],
                warnings=[],
            )
            for photo, (area, _) in zip(ids, seen, strict=True)
        ]
        ratings = [
            AestheticResult(
                id=photo, mean=mean, std=1, distribution=[0.1] * 10, percentile=50, warnings=[]
            )
            for photo, (_, mean) in zip(ids, seen, strict=True)
        ]
        return GalleryAnswers(
            gallery=gallery.name,
            tags=TagResponse(model=model, results=tags),
            ratings=AestheticResponse(model=model, results=ratings),
            copies=copies or {},
            looks={},
        )

    return make


@pytest.fixture
def failed():
    """The answer about a photo that cannot be used: `failed(id)`."""

    def make(photo):
        return PhotoFailure(id=photo, error=ErrorBody(type="a", title="b", detail="broken"))

    return make
