"""How well the ratings of each tag are predicted: a model may only know that pools please."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from stayrank_common.ratings import mean_score
from stayrank_common.schemas import Schema
from stayrank_training.evaluation import weighted
from stayrank_training.evaluation.bootstrap import Interval, interval, photo_weights, plain
from stayrank_training.evaluation.figures import defined

if TYPE_CHECKING:
    from stayrank_training.evaluation.judgements import RatingJudgements


class TagRatings(Schema):
    """The photos of one tag; correlations are None where there are too few photos.

    Args:
        bias: Mean of predicted minus given mean scores, in rating points.
    """

    tag: str
    photos: int
    given: float
    predicted: float
    bias: float
    mean_score_error: float
    srcc: float | None
    srcc_interval: Interval | None


def ratings_by_tag(judged: RatingJudgements) -> list[TagRatings]:
    """Measure tag by tag, the most frequent first; untagged photos stand under `unknown`."""
    tags = np.asarray(judged.tags)
    rows = [_of_tag(judged.where(tags == tag), str(tag)) for tag in np.unique(tags)]
    return sorted(rows, key=lambda row: (-row.photos, row.tag))


def _of_tag(judged: RatingJudgements, tag: str) -> TagRatings:
    given, predicted = mean_score(judged.given), mean_score(judged.predicted)
    correlation = partial(weighted.rank_correlation, predicted, given)
    return TagRatings(
        tag=tag or "unknown",
        photos=len(given),
        given=float(given.mean()),
        predicted=float(predicted.mean()),
        bias=float(judged.error.mean()),
        mean_score_error=float(np.abs(judged.error).mean()),
        srcc=defined(plain(correlation, len(given))),
        srcc_interval=interval(correlation, photo_weights(len(given))),
    )
