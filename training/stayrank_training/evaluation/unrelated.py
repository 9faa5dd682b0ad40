"""What a tagger does with photos of none of its classes: it should reject them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import roc_auc_score

from stayrank_common.schemas import Schema
from stayrank_training.evaluation.judgements import UNRELATED

if TYPE_CHECKING:
    from stayrank_training.evaluation.judgements import TagJudgements


class UnrelatedClass(Schema):
    """A class of the data set that the tagger does not know."""

    label: str
    photos: int
    rejected: float
    taken_for: dict[str, int]


class Unrelated(Schema):
    """Rejection, of what should be rejected and of what should be kept.

    Args:
        photos: Of classes that the tagger does not know.
        rejected: Share of them that it rejects.
        kept_known: Share of the photos of known classes that it keeps.
        auroc: How probable it is that a photo of a known class gets a higher score, of those that
            the threshold judges, than one of an unknown class: 0.5 for a coin.
        classes: The same, class by class.
    """

    photos: int
    rejected: float | None
    kept_known: float
    auroc: float | None
    classes: list[UnrelatedClass]


def unrelated(judged: TagJudgements) -> Unrelated:
    """Measure rejection over photos of known and of other classes."""
    known = judged.truth != UNRELATED
    other = ~known
    tags = np.array([photo.tag for photo in judged.photos])
    return Unrelated(
        photos=int(other.sum()),
        rejected=float(judged.rejected[other].mean()) if other.any() else None,
        kept_known=float((~judged.rejected[known]).mean()),
        auroc=float(roc_auc_score(known, judged.known)) if other.any() else None,
        classes=[_of_class(judged.where(tags == tag), tag) for tag in np.unique(tags[other])],
    )


def _of_class(judged: TagJudgements, label: str) -> UnrelatedClass:
    counts = Counter(judged.labels[index] for index in judged.predicted)
    return UnrelatedClass(
        label=str(label),
        photos=len(judged.photos),
        rejected=float(judged.rejected.mean()),
        taken_for=dict(counts.most_common()),
    )
