"""Everything that is to be said of a tagger, measured on one split of a data set."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from stayrank_common.schemas import ModelInfo, Schema
from stayrank_models.manifests import TaggingCalibration
from stayrank_training.evaluation import tagging, weighted
from stayrank_training.evaluation.confusion import (
    ClassFigures,
    ConfusedPair,
    Confusion,
    class_figures,
    confused_pairs,
    confusion,
)
from stayrank_training.evaluation.figures import Figure, Resamples
from stayrank_training.evaluation.judgements import UNRELATED, Dropped, TagJudgements
from stayrank_training.evaluation.mistakes import (
    GroupAccuracy,
    Mistake,
    accuracy_by,
    mistakes,
)
from stayrank_training.evaluation.reliability import Calibration, calibration
from stayrank_training.evaluation.unrelated import Unrelated, unrelated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stayrank_models.artifacts import Artifact


class TaggerReport(Schema):
    """The form of `stayrank evaluate tagger --json`."""

    model: ModelInfo
    data: str
    split: str
    photos: int
    hotels: int
    threshold: float
    figures: list[Figure]
    classes: list[ClassFigures]
    confusion: Confusion
    pairs: list[ConfusedPair]
    calibration: Calibration
    unrelated: Unrelated
    sources: list[GroupAccuracy]
    by_hotel: list[GroupAccuracy]
    mistakes: list[Mistake]
    dropped: list[Dropped]


def tagger_report(
    artifact: Artifact,
    judged: TagJudgements,
    dropped: Sequence[Dropped],
    *,
    data: str,
    split: str,
    shown: int,
) -> TaggerReport:
    """Judge a tagger.

    Args:
        artifact: The tagger.
        judged: What it said of the photos, of all classes of the data set.
        dropped: Photos that could not be judged.
        data: Name of the data set.
        split: Which of its splits this is.
        shown: How many of the worst mistakes to name.
    """
    settings = artifact.manifest.calibration
    assert isinstance(settings, TaggingCalibration)  # noqa: S101 - the manifest sees to it
    known = judged.where(judged.truth != UNRELATED)
    resamples = Resamples.of([photo.hotel for photo in known.photos])
    table = confusion(known)
    return TaggerReport(
        model=artifact.info,
        data=data,
        split=split,
        photos=len(known.photos),
        hotels=len({photo.hotel for photo in known.photos if photo.hotel}),
        threshold=settings.threshold,
        figures=_figures(known, resamples),
        classes=class_figures(known),
        confusion=table,
        pairs=confused_pairs(table),
        calibration=calibration(known, settings.temperature),
        unrelated=unrelated(judged),
        sources=accuracy_by(known, [photo.source for photo in known.photos]),
        by_hotel=accuracy_by(known, [photo.hotel for photo in known.photos]),
        mistakes=mistakes(known, shown),
        dropped=list(dropped),
    )


def _figures(known: TagJudgements, resamples: Resamples) -> list[Figure]:
    truth, predicted, kept = known.truth, known.predicted, ~known.rejected
    measured = tagging.evaluate(known.probabilities, truth, known.labels)
    loss = -np.log(known.probabilities[np.arange(len(truth)), truth])
    occurring = [known.labels[index] for index in np.unique(truth)]
    recalls = [measured[f"recall_{label}"] for label in occurring]
    # A class that occurs and is never predicted has no precision; its 0 counts here, as in F1.
    precisions = [measured.get(f"precision_{label}", 0.0) for label in occurring]
    right, confidence = predicted == truth, known.probabilities.max(axis=1)
    return [
        Figure.of("top1", measured["top1"], partial(weighted.mean, right), resamples),
        Figure.of(
            "macro_f1",
            measured["macro_f1"],
            partial(weighted.macro_f1, predicted, truth),
            resamples,
        ),
        Figure.of(
            "macro_precision",
            float(np.mean(precisions)),
            partial(weighted.macro_precision, predicted, truth),
            resamples,
        ),
        Figure.of(
            "macro_recall",
            float(np.mean(recalls)),
            partial(weighted.macro_recall, predicted, truth),
            resamples,
        ),
        Figure.of("log_loss", measured["log_loss"], partial(weighted.mean, loss), resamples),
        Figure.of(
            "ece",
            measured["ece"],
            partial(weighted.calibration_error, confidence, right),
            resamples,
        ),
        Figure.of("kept_known", float(kept.mean()), partial(weighted.mean, kept), resamples),
    ]
