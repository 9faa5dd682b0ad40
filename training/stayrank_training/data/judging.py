"""How well a ranking of suspects agrees with photos that were looked at one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict
from sklearn.metrics import average_precision_score

from stayrank_common.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from stayrank_training.data.corrections import Correction

ALL = "all"


class Judgement(BaseModel):
    """Agreement on one class.

    Attributes:
        label: The class, or `all`.
        photos: How many were looked at.
        wrong: How many of their labels were found wrong.
        chance: The share of wrong labels: the average precision of a random order.
        average_precision: Of the ranking, the most suspect first.
        suspects: How many photos were called suspects.
        precision: The share of suspects that are wrong; 0 without suspects.
        recall: The share of wrong labels that are suspects.
    """

    model_config = ConfigDict(frozen=True)

    label: str
    photos: int
    wrong: int
    chance: float
    average_precision: float
    suspects: int
    precision: float
    recall: float


def judge(
    ranked: pd.DataFrame, table: pd.DataFrame, corrections: Mapping[str, Correction]
) -> list[Judgement]:
    """Compare a ranking with what was found by hand.

    Looked at was every photo of the classes and sources that occur among the corrections; one
    that is not listed was found right.

    Args:
        ranked: What `rank_labels` returned.
        table: The manifest, with `source` where sources differ in whether they were looked at.
        corrections: File → what was found.

    Returns:
        One for each class that was looked at, and one for all of them together.

    Raises:
        DatasetError: If a correction was made for another label, or no label is wrong.
    """
    labels = {correction.label for correction in corrections.values()}
    looked = ranked[ranked["label"].isin(labels)]
    if "source" in table.columns:
        sources = set(table.loc[table["file"].isin(corrections), "source"])
        of_sources = table.loc[table["source"].isin(sources), "file"]
        looked = looked[looked["file"].isin(of_sources)]
    for file, label in zip(looked["file"], looked["label"], strict=True):
        if file in corrections and corrections[file].label != label:
            raise DatasetError(
                f"the correction of {file} is for {corrections[file].label!r}, it is {label!r}"
            )
    wrong = looked["file"].map(lambda file: file in corrections and corrections[file].wrong)
    looked = looked.assign(wrong=wrong.astype(bool))
    if not looked["wrong"].any():
        raise DatasetError("no correction is about a label of this dataset that is wrong")
    parts = [*looked.groupby("label"), (ALL, looked)]
    return [_agreement(str(label), part) for label, part in parts if part["wrong"].any()]


def _agreement(label: str, part: pd.DataFrame) -> Judgement:
    wrong, suspect = part["wrong"].to_numpy(), part["suspect"].to_numpy()
    hits = int((wrong & suspect).sum())
    return Judgement(
        label=label,
        photos=len(part),
        wrong=int(wrong.sum()),
        chance=float(wrong.mean()),
        average_precision=float(average_precision_score(wrong, 1 - part["quality"].to_numpy())),
        suspects=int(suspect.sum()),
        precision=hits / max(1, int(suspect.sum())),
        recall=hits / int(wrong.sum()),
    )
