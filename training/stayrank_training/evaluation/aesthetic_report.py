"""Everything that is to be said of a NIMA model, measured on one label file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stayrank_common.ratings import mean_score
from stayrank_common.schemas import ModelInfo, Schema
from stayrank_training.evaluation.figures import Resamples
from stayrank_training.evaluation.judgements import Dropped, RatingJudgements
from stayrank_training.evaluation.rated_photos import RatedPhotos, rated_photos
from stayrank_training.evaluation.rating_figures import ComparedFigure, rating_figures
from stayrank_training.evaluation.rating_tags import TagRatings, ratings_by_tag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

_BINS = np.linspace(1, 10, 19)  # half a rating point each


class Degraded(Schema):
    """How scores move when photos are degraded in one way.

    Args:
        falls: Share of photos whose mean score falls.
        change: Mean change of the mean score, in rating points.
    """

    name: str
    falls: float
    change: float
    baseline_falls: float | None
    baseline_change: float | None


class ScoreHistogram(Schema):
    """How many photos lie in each bin of mean scores.

    Args:
        edges: Ends of the bins, one more than bins.
        given: Photos in each bin by given mean score.
        predicted: The same by predicted mean score.
    """

    edges: list[float]
    given: list[int]
    predicted: list[int]


class AestheticReport(Schema):
    """The form of `stayrank evaluate aesthetic --json`."""

    model: ModelInfo
    baseline: ModelInfo | None
    labels: str
    constant: str
    photos: int
    hotels: int
    figures: list[ComparedFigure]
    histogram: ScoreHistogram
    tags: list[TagRatings]
    robustness: list[Degraded]
    examples: RatedPhotos
    dropped: list[Dropped]


def aesthetic_report(
    model: ModelInfo,
    judged: RatingJudgements,
    dropped: Sequence[Dropped],
    robustness: Mapping[str, float],
    *,
    labels: str,
    constant: tuple[str, NDArray[np.floating]],
    baseline: tuple[ModelInfo, NDArray[np.floating], Mapping[str, float]] | None,
    shown: int,
) -> AestheticReport:
    """Judge a NIMA model.

    Args:
        model: Which one.
        judged: What it said of the photos, and what people did.
        dropped: Photos that could not be judged.
        robustness: Of `degraded_shares`.
        labels: Name of the label file.
        constant: Where the constant distribution comes from, and `(10,)` itself.
        baseline: Another model, its `(photos, 10)` answers and its `degraded_shares`.
        shown: How many photos a contact sheet holds.
    """
    resamples = Resamples.of(judged.hotels)
    other = baseline[1] if baseline else None
    return AestheticReport(
        model=model,
        baseline=baseline[0] if baseline else None,
        labels=labels,
        constant=constant[0],
        photos=len(judged.files),
        hotels=len({hotel for hotel in judged.hotels if hotel}),
        figures=rating_figures(judged, resamples, constant[1], other),
        histogram=ScoreHistogram(
            edges=_BINS.tolist(),
            given=np.histogram(mean_score(judged.given), _BINS)[0].tolist(),
            predicted=np.histogram(mean_score(judged.predicted), _BINS)[0].tolist(),
        ),
        tags=ratings_by_tag(judged),
        robustness=_robustness(robustness, baseline[2] if baseline else None),
        examples=rated_photos(judged, shown),
        dropped=list(dropped),
    )


def _robustness(own: Mapping[str, float], other: Mapping[str, float] | None) -> list[Degraded]:
    names = [key.removesuffix("_falls") for key in own if key.endswith("_falls")]
    return [
        Degraded(
            name=name,
            falls=own[f"{name}_falls"],
            change=own[f"{name}_change"],
            baseline_falls=other[f"{name}_falls"] if other else None,
            baseline_change=other[f"{name}_change"] if other else None,
        )
        for name in names
    ]
