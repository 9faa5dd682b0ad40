"""Judgements of made-up models."""

from pathlib import Path

import numpy as np
import pytest

from stayrank_training.data.photos import TaggedPhoto
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
        return TagJudgements(photos, LABELS, truth, rows, np.broadcast_to(rejected, n))

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
