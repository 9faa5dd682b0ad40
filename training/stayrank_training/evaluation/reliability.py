"""Whether probabilities mean what they say."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from stayrank_common.schemas import Schema
from stayrank_models.answers import with_temperature
from stayrank_training.evaluation import weighted
from stayrank_training.evaluation.bootstrap import plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stayrank_training.evaluation.judgements import TagJudgements


class ReliabilityBin(Schema):
    """Photos whose largest probability lies in [low, high)."""

    low: float
    high: float
    photos: int
    confidence: float
    accuracy: float


class Reliability(Schema):
    """Confidence against accuracy, under one temperature."""

    temperature: float
    ece: float
    bins: list[ReliabilityBin]


class Calibration(Schema):
    """Confidence against accuracy as the network says it, and as it is served."""

    raw: Reliability
    served: Reliability


def calibration(judged: TagJudgements, temperature: float) -> Calibration:
    """Compare confidence with accuracy, before and after the model's temperature.

    Args:
        judged: Photos of known classes, as served.
        temperature: The one that the served probabilities were made with; undone for `raw`.

    Reference:
        Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
    """
    raw = with_temperature(judged.probabilities, 1 / temperature)
    return Calibration(
        raw=_reliability(raw, judged.truth, 1.0),
        served=_reliability(judged.probabilities, judged.truth, temperature),
    )


def _reliability(
    probabilities: NDArray[np.float64], truth: NDArray[np.intp], temperature: float
) -> Reliability:
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    member = weighted.confidence_bins(confidence)
    return Reliability(
        temperature=temperature,
        ece=plain(partial(weighted.calibration_error, confidence, right), len(truth)),
        bins=[
            ReliabilityBin(
                low=index / weighted.BINS,
                high=(index + 1) / weighted.BINS,
                photos=int((member == index).sum()),
                confidence=float(confidence[member == index].mean()),
                accuracy=float(right[member == index].mean()),
            )
            for index in np.unique(member).tolist()
        ],
    )
