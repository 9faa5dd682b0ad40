"""The photos that a tagger is most wrong about, and where they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stayrank_common.schemas import Schema
from stayrank_training.evaluation.bootstrap import Interval
from stayrank_training.evaluation.figures import share_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stayrank_training.evaluation.judgements import TagJudgements

_SHOWN = 3


class Mistake(Schema):
    """A photo of a known class that was taken for another."""

    file: str
    source: str
    hotel: str
    tag: str
    predicted: str
    rejected: bool
    probability_of_tag: float
    highest: dict[str, float]


class GroupAccuracy(Schema):
    """How well the photos of one source, or of one hotel, are tagged."""

    group: str
    photos: int
    wrong: int
    top1: float
    interval: Interval | None


def mistakes(judged: TagJudgements, limit: int) -> list[Mistake]:
    """The wrongly tagged photos, those first that thought least of the right class.

    Args:
        judged: Photos of known classes.
        limit: How many to return.
    """
    own = judged.probabilities[np.arange(len(judged.truth)), judged.truth]
    wrong = np.flatnonzero(judged.predicted != judged.truth)
    found = []
    for index in wrong[np.argsort(own[wrong], kind="stable")][:limit]:
        photo, row = judged.photos[index], judged.probabilities[index]
        order = np.argsort(-row, kind="stable")
        found.append(
            Mistake(
                file=photo.file,
                source=photo.source,
                hotel=photo.hotel,
                tag=photo.tag,
                predicted=judged.labels[order[0]],
                rejected=bool(judged.rejected[index]),
                probability_of_tag=float(own[index]),
                highest={judged.labels[i]: float(row[i]) for i in order[:_SHOWN]},
            )
        )
    return found


def accuracy_by(judged: TagJudgements, groups: Sequence[str]) -> list[GroupAccuracy]:
    """Accuracy group by group, those with the most mistakes first.

    Args:
        judged: Photos of known classes.
        groups: The group of each photo; empty where unknown.
    """
    right = judged.predicted == judged.truth
    names = np.asarray(groups)
    rows = []
    for name in np.unique(names):
        mine = right[names == name]
        rows.append(
            GroupAccuracy(
                group=str(name) or "unknown",
                photos=len(mine),
                wrong=int((~mine).sum()),
                top1=float(mine.mean()),
                interval=share_interval(mine),
            )
        )
    return sorted(rows, key=lambda row: (-row.wrong, row.group))
