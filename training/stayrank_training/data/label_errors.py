"""Label errors: photos whose label a model that never saw them finds unlikely.

Which photos are suspects is decided by confident learning (cleanlab), which compares each photo
with how sure the model usually is of a class; how suspect they are, by the probability of the
given label.

Reference:
    Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels",
    JAIR 2021.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
from pydantic import BaseModel, ConfigDict

from stayrank_common.errors import DatasetError
from stayrank_training.data.judging import Judgement

if TYPE_CHECKING:
    from stayrank_training.data.out_of_fold import OutOfFold


class CleanReport(BaseModel):
    """What was looked at.

    Attributes:
        photos: How many photos the dataset has.
        judged: How many of them a model could be asked about.
        suspects: How many of these have a label that is probably wrong.
        classes: Class → how many of its photos are suspects.
        judgements: Agreement with corrections made by hand, where there are any.
    """

    model_config = ConfigDict(frozen=True)

    photos: int
    judged: int
    suspects: int
    classes: dict[str, int]
    judgements: list[Judgement]

    @classmethod
    def of(
        cls, table: pd.DataFrame, ranked: pd.DataFrame, judgements: list[Judgement]
    ) -> CleanReport:
        """Count what `rank_labels` returned for a table."""
        by_class = ranked.groupby("label")["suspect"].sum()
        return cls(
            photos=len(table),
            judged=len(ranked),
            suspects=int(ranked["suspect"].sum()),
            classes={str(label): int(count) for label, count in by_class.items()},
            judgements=judgements,
        )


def rank_labels(table: pd.DataFrame, answer: OutOfFold) -> pd.DataFrame:
    """Order photos by how suspect their labels are.

    Args:
        table: With `file` and `tag`.
        answer: Out-of-fold probabilities; photos without are left out.

    Returns:
        `file`, `label`, `suggestion` (the most probable other class), `label_probability`,
        `suggestion_probability`, `quality` (in [0, 1], low is suspect) and `suspect` (whether it
        is one), the most suspect first.

    Raises:
        DatasetError: If no photo has probabilities, or a label is none of the classes.
    """
    order = {file: index for index, file in enumerate(answer.files)}
    known = table[table["file"].isin(order)]
    if known.empty:
        raise DatasetError("no photo of the dataset has out-of-fold probabilities")
    unknown = sorted(set(known["tag"]) - set(answer.classes))
    if unknown:
        raise DatasetError(f"the probabilities have no class {', '.join(unknown)}")
    probabilities = answer.probabilities[[order[file] for file in known["file"]]]
    # Classes that no photo has would leave cleanlab without an estimate of their confidence.
    used = [index for index, name in enumerate(answer.classes) if name in set(known["tag"])]
    classes = np.array(answer.classes, dtype=object)[used]
    probabilities = probabilities[:, used]
    probabilities = probabilities / np.maximum(probabilities.sum(axis=1, keepdims=True), 1e-12)
    labels = known["tag"].map({name: i for i, name in enumerate(classes)}).to_numpy(dtype=np.intp)
    rows = np.arange(len(known))
    others = probabilities.copy()
    others[rows, labels] = -1
    suggestion = others.argmax(axis=1)
    ranked = pd.DataFrame(
        {
            "file": known["file"].to_numpy(),
            "label": known["tag"].to_numpy(),
            "suggestion": classes[suggestion],
            "label_probability": probabilities[rows, labels],
            "suggestion_probability": probabilities[rows, suggestion],
            "quality": get_label_quality_scores(labels, probabilities),
            "suspect": find_label_issues(labels, probabilities, n_jobs=1),
        }
    )
    return ranked.sort_values(["quality", "file"], ignore_index=True)
