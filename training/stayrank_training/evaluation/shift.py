"""What changes for callers where one version of a model takes the place of another."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from pydantic import Field
from scipy.stats import spearmanr

from stayrank_common.errors import DatasetError
from stayrank_common.schemas import (
    AestheticResult,
    ModelInfo,
    PhotoFailure,
    Schema,
    TagResult,
)
from stayrank_training.evaluation.figures import defined
from stayrank_training.evaluation.judgements import Dropped

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

Result = TypeVar("Result", TagResult, AestheticResult)
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


class Shift(Schema):
    """What two versions said of the same photos; differences are *after* − *before*."""

    before: ModelInfo
    after: ModelInfo
    photos: int = Field(ge=1, description="Photos that both could use; the figures count these.")
    dropped: list[Dropped]


class PhotoShift(Schema):
    """The mean scores of a photo."""

    file: str
    before: float
    after: float


class ScoreShift(Shift):
    """What changes for mean scores, in rating points."""

    mean_before: float
    mean_after: float
    mean_difference: float
    quantiles: dict[str, float] = Field(description="Quantile → of the differences.")
    mean_absolute_difference: float
    largest_absolute_difference: float
    srcc: float | None = Field(description="Rank correlation; none where all scores are equal.")
    scores: list[PhotoShift] = Field(description="Every photo; the one that moves most first.")


class ChangedTag(Schema):
    """Photos that go from one area to another."""

    before: str
    after: str
    files: list[str] = Field(description="The photos.")


class TagShift(Shift):
    """What changes for areas."""

    agreement: float = Field(ge=0, le=1, description="Share of photos that keep their area.")
    rejection_agreement: float = Field(
        ge=0, le=1, description="Share that stay accepted, or stay rejected."
    )
    rejected_before: float
    rejected_after: float
    distance: float = Field(
        ge=0, le=1, description="Mean total variation distance of the probabilities."
    )
    shares: dict[str, tuple[float, float]] = Field(
        description="Area → its share, before and after."
    )
    changes: list[ChangedTag] = Field(description="The most frequent first.")


def score_shift(
    before: tuple[ModelInfo, Sequence[AestheticResult | PhotoFailure]],
    after: tuple[ModelInfo, Sequence[AestheticResult | PhotoFailure]],
) -> ScoreShift:
    """Compare two versions of a NIMA model.

    Args:
        before: The model that serves, and its answers.
        after: The other one, and its answers about the same photos in the same order.

    Raises:
        DatasetError: No photo could be used.
    """
    pairs, dropped = _pairs(before[1], after[1])
    p, q = (np.array([pair[side].mean for pair in pairs]) for side in (0, 1))
    difference = q - p
    order = np.argsort(-np.abs(difference), kind="stable")
    return ScoreShift(
        before=before[0],
        after=after[0],
        photos=len(pairs),
        dropped=dropped,
        mean_before=float(p.mean()),
        mean_after=float(q.mean()),
        mean_difference=float(difference.mean()),
        quantiles={f"{at:g}": float(np.quantile(difference, at)) for at in QUANTILES},
        mean_absolute_difference=float(np.abs(difference).mean()),
        largest_absolute_difference=float(np.abs(difference).max()),
        srcc=None if np.ptp(p) == 0 or np.ptp(q) == 0 else defined(spearmanr(p, q).statistic),
        scores=[
            PhotoShift(file=pairs[i][0].id, before=float(p[i]), after=float(q[i])) for i in order
        ],
    )


def tag_shift(
    before: tuple[ModelInfo, Sequence[TagResult | PhotoFailure]],
    after: tuple[ModelInfo, Sequence[TagResult | PhotoFailure]],
) -> TagShift:
    """Compare two versions of a tagger; arguments and errors as of `score_shift`.

    The probability of none of the areas, which tags leave to 1, counts as one area more.
    """
    pairs, dropped = _pairs(before[1], after[1])
    areas = sorted({entry.tag for pair in pairs for result in pair for entry in result.tags})
    p, q = (_probabilities([pair[side] for pair in pairs], areas) for side in (0, 1))
    kept = [a.top_tag == b.top_tag for a, b in pairs]
    tops = [Counter(pair[side].top_tag for pair in pairs) for side in (0, 1)]
    changed: dict[tuple[str, str], list[str]] = {}
    for a, b in pairs:
        if a.top_tag != b.top_tag:
            changed.setdefault((a.top_tag, b.top_tag), []).append(a.id)
    return TagShift(
        before=before[0],
        after=after[0],
        photos=len(pairs),
        dropped=dropped,
        agreement=float(np.mean(kept)),
        rejection_agreement=float(np.mean([a.rejected == b.rejected for a, b in pairs])),
        rejected_before=float(np.mean([a.rejected for a, _ in pairs])),
        rejected_after=float(np.mean([b.rejected for _, b in pairs])),
        distance=min(1.0, float(np.abs(p - q).sum(axis=1).mean() / 2)),
        shares={area: (tops[0][area] / len(pairs), tops[1][area] / len(pairs)) for area in areas},
        changes=[
            ChangedTag(before=a, after=b, files=files)
            for (a, b), files in sorted(changed.items(), key=lambda change: -len(change[1]))
        ],
    )


def _pairs(
    before: Iterable[Result | PhotoFailure], after: Iterable[Result | PhotoFailure]
) -> tuple[list[tuple[Result, Result]], list[Dropped]]:
    pairs, dropped = [], []
    for a, b in zip(before, after, strict=True):
        if isinstance(a, PhotoFailure):
            dropped.append(Dropped(file=a.id, reason=a.error.detail))
        elif isinstance(b, PhotoFailure):
            dropped.append(Dropped(file=b.id, reason=b.error.detail))
        else:
            pairs.append((a, b))
    if not pairs:
        raise DatasetError("no photo that both models can use")
    return pairs, dropped


def _probabilities(results: Sequence[TagResult], areas: Sequence[str]) -> NDArray[np.float64]:
    """`(photos, areas + 1)`, each row summing to 1; the last column is none of the areas."""
    by_tag = [{entry.tag: entry.probability for entry in result.tags} for result in results]
    rows = np.array([[row.get(area, 0.0) for area in areas] for row in by_tag])
    return np.column_stack([rows, 1 - rows.sum(axis=1)])
