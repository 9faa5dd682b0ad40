"""Everything that is to be said of a tagger, measured on one split of a data set."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from stayrank_common.schemas import ModelInfo, Schema
from stayrank_models.manifests import TaggingCalibration
from stayrank_training.evaluation import weighted
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
from stayrank_training.evaluation.tagging import statistics
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
    measured = statistics(known.probabilities, known.truth)
    measured["kept_known"] = partial(weighted.mean, ~known.rejected)
    return [Figure.of(name, statistic, resamples) for name, statistic in measured.items()]
