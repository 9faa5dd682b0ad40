"""What a tagger takes for what."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from stayrank_common.schemas import Schema
from stayrank_training.evaluation.bootstrap import Interval
from stayrank_training.evaluation.figures import share_interval

if TYPE_CHECKING:
    from stayrank_training.evaluation.judgements import TagJudgements

# Asked for by those who curate hotel photos, however rare they are in a test set.
ALWAYS_NAMED = (
    frozenset({"bathroom", "reception"}),
    frozenset({"exterior", "swimming_pool"}),
    frozenset({"foyer", "reception"}),
)
_PAIRS = 6


class ClassFigures(Schema):
    """How well one class is recognised; a measure is None where nothing defines it."""

    label: str
    support: int
    predicted: int
    precision: float | None
    recall: float | None
    recall_interval: Interval | None
    f1: float | None


class Confusion(Schema):
    """Counts: rows are what photos show, columns what they were taken for."""

    labels: list[str]
    counts: list[list[int]]


class ConfusedPair(Schema):
    """Two classes and how often each was taken for the other."""

    first: str
    second: str
    first_as_second: int
    second_as_first: int
    share: float | None


def class_figures(judged: TagJudgements) -> list[ClassFigures]:
    """Precision, recall and F1 of every class.

    Args:
        judged: Photos of known classes.
    """
    truth, predicted = judged.truth, judged.predicted
    labels = np.arange(len(judged.labels))
    columns = precision_recall_fscore_support(truth, predicted, labels=labels, zero_division=np.nan)
    rows = []
    for index, (label, precision, recall, f1, support) in enumerate(
        zip(judged.labels, *columns, strict=True)
    ):
        said = int((predicted == index).sum())
        rows.append(
            ClassFigures(
                label=label,
                support=int(support),
                predicted=said,
                precision=float(precision) if said else None,
                recall=float(recall) if support else None,
                recall_interval=share_interval(predicted[truth == index] == index),
                f1=float(f1) if support else None,
            )
        )
    return rows


def confusion(judged: TagJudgements) -> Confusion:
    """Count what photos of known classes were taken for."""
    labels = np.arange(len(judged.labels))
    counts = confusion_matrix(judged.truth, judged.predicted, labels=labels)
    return Confusion(labels=list(judged.labels), counts=counts.tolist())


def confused_pairs(table: Confusion) -> list[ConfusedPair]:
    """The pairs that were confused most often, and those that are always asked for."""
    counts = np.array(table.counts)
    pairs = []
    for a, b in combinations(range(len(table.labels)), 2):
        both = int(counts[a].sum() + counts[b].sum())
        wrong = int(counts[a, b] + counts[b, a])
        pairs.append(
            ConfusedPair(
                first=table.labels[a],
                second=table.labels[b],
                first_as_second=int(counts[a, b]),
                second_as_first=int(counts[b, a]),
                share=wrong / both if both else None,
            )
        )
    pairs.sort(key=lambda pair: -(pair.first_as_second + pair.second_as_first))
    return [
        pair
        for place, pair in enumerate(pairs)
        if (place < _PAIRS and pair.share) or frozenset({pair.first, pair.second}) in ALWAYS_NAMED
    ]
