"""What a tagger takes for what."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import confusion_matrix

from stayrank_common.schemas import Schema
from stayrank_training.evaluation import weighted
from stayrank_training.evaluation.bootstrap import Interval
from stayrank_training.evaluation.figures import defined, share_interval

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
    truth, predicted, classes = judged.truth, judged.predicted, len(judged.labels)
    once = np.ones((1, len(truth)), np.intp)
    rates = weighted.class_rates(predicted, truth, classes, once)
    return [
        ClassFigures(
            label=label,
            support=int((truth == index).sum()),
            predicted=int((predicted == index).sum()),
            precision=defined(rates.precision[0, index]),
            recall=defined(rates.recall[0, index]),
            recall_interval=share_interval(predicted[truth == index] == index),
            f1=defined(rates.f1[0, index]),
        )
        for index, label in enumerate(judged.labels)
    ]


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
