"""How far people agree who decided on the same photos: Fleiss' kappa.

Fleiss, "Measuring nominal scale agreement among many raters", Psychological Bulletin 76 (1971).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict

from stayrank_common.errors import DatasetError
from stayrank_training.data.corrections import KEEP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stayrank_training.data.corrections import Correction


class ClassAgreement(BaseModel):
    """Agreement on whether photos are of one class.

    Attributes:
        photos: How many somebody put there.
        kappa: 1 for full agreement, 0 for that of chance, below for less; none where there is
            no other class.
    """

    model_config = ConfigDict(frozen=True)

    photos: int
    kappa: float | None


class Agreement(BaseModel):
    """Agreement on the photos that everybody decided on.

    Attributes:
        photos: How many these are.
        kappa: The mean of the classes', weighted by p (1 − p) of each class's share p.
        classes: By name; `drop` is one.
        disputed: File → the decision of each, in order, where these differ.
    """

    model_config = ConfigDict(frozen=True)

    photos: int
    kappa: float | None
    classes: dict[str, ClassAgreement]
    disputed: dict[str, list[str]]


def agreement(raters: Sequence[Mapping[str, Correction]]) -> Agreement:
    """Compare what at least two people decided.

    Args:
        raters: File → decision, of each.

    Raises:
        DatasetError: There are fewer than two, no photo was decided on by all, or they corrected
            different labels of a photo.
    """
    files = sorted(set.intersection(*(set(decided) for decided in raters))) if raters else []
    if len(raters) < 2 or not files:
        raise DatasetError("agreement takes two or more, and photos that all decided on")
    decisions = {file: [_class_of(decided[file]) for decided in raters] for file in files}
    for file in files:
        if len({decided[file].label for decided in raters}) > 1:
            raise DatasetError(f"{file} had different labels when it was decided on")
    names = sorted({name for given in decisions.values() for name in given})
    counts = np.array([[given.count(name) for name in names] for given in decisions.values()])
    share = counts.mean(axis=0) / len(raters)
    spread = share * (1 - share)
    # Of pairs of raters of whom one puts a photo into the class: the share whose other does not.
    apart = (counts * (len(raters) - counts)).mean(axis=0) / (len(raters) * (len(raters) - 1))
    kappas = [
        1 - a / s if s else None for a, s in zip(apart.tolist(), spread.tolist(), strict=True)
    ]
    return Agreement(
        photos=len(files),
        kappa=1 - apart.sum().item() / spread.sum().item() if spread.any() else None,
        classes={
            name: ClassAgreement(photos=int((counts[:, i] > 0).sum()), kappa=kappas[i])
            for i, name in enumerate(names)
        },
        disputed={file: given for file, given in decisions.items() if len({*given}) > 1},
    )


def _class_of(decision: Correction) -> str:
    return decision.label if decision.verdict == KEEP else decision.verdict
