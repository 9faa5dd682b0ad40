"""Photos to look at: what gets low, medium and high scores, and where the model errs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stayrank_common.ratings import mean_score
from stayrank_common.schemas import Schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stayrank_training.evaluation.judgements import RatingJudgements


class RatedPhoto(Schema):
    """A photo with its mean scores in [1, 10]."""

    file: str
    tag: str
    predicted: float
    given: float


class RatedPhotos(Schema):
    """Six contact sheets.

    Args:
        low: Of the lowest predicted scores, the lowest first.
        medium: Around the median of the predicted scores.
        high: Of the highest predicted scores, the highest first.
        closest: With the smallest error.
        overrated: Predicted most above what was given.
        underrated: Predicted most below what was given.
    """

    low: list[RatedPhoto]
    medium: list[RatedPhoto]
    high: list[RatedPhoto]
    closest: list[RatedPhoto]
    overrated: list[RatedPhoto]
    underrated: list[RatedPhoto]


def rated_photos(judged: RatingJudgements, limit: int) -> RatedPhotos:
    """Choose at most `limit` photos for each contact sheet."""
    predicted, given = mean_score(judged.predicted), mean_score(judged.given)
    by_score = np.argsort(predicted, kind="stable")
    by_error = np.argsort(judged.error, kind="stable")
    start = max(0, (len(by_score) - limit) // 2)

    def sheet(indices: Iterable[int]) -> list[RatedPhoto]:
        return [
            RatedPhoto(
                file=judged.files[i],
                tag=judged.tags[i],
                predicted=float(predicted[i]),
                given=float(given[i]),
            )
            for i in indices
        ]

    return RatedPhotos(
        low=sheet(by_score[:limit]),
        medium=sheet(by_score[start : start + limit]),
        high=sheet(by_score[::-1][:limit]),
        closest=sheet(np.argsort(np.abs(judged.error), kind="stable")[:limit]),
        overrated=sheet(i for i in by_error[::-1][:limit] if judged.error[i] > 0),
        underrated=sheet(i for i in by_error[:limit] if judged.error[i] < 0),
    )
