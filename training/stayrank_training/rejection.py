"""From which score on a photo counts as one of a known area, and how well that works.

Chosen and stated on photos that the judged model has not learnt from: validation photos, or
out-of-fold predictions.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from stayrank_common.errors import DatasetError
from stayrank_models.answers import with_temperature
from stayrank_models.manifests import TaggingCalibration
from stayrank_models.rejection import known_score, rejected
from stayrank_training.calibration import fit_temperature

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stayrank_common.taxonomy import Taxonomy

NO_OUTPUT = -1
_STEPS = 10_000  # a threshold has four digits


def calibrate(
    raw: NDArray[np.floating],
    truth: NDArray[np.intp],
    taxonomy: Taxonomy,
    *,
    kept_share: float,
    false_accept: float | None = None,
) -> TaggingCalibration:
    """Fit the temperature, then the threshold below which a photo is rejected.

    Args:
        raw: `(photos, outputs)`: the areas, then what is to be rejected, if the taxonomy says so.
        truth: `(photos,)` index of the right output, `NO_OUTPUT` for photos of another class.
        taxonomy: Its areas' own thresholds are passed on.
        kept_share: Share of the rightly tagged photos that the threshold keeps.
        false_accept: If given, the threshold is instead the lowest that accepts at most this
            share of the unrelated photos.

    Raises:
        DatasetError: If not one photo is tagged rightly, or none is unrelated where a rate of
            false accepts is asked for, or that rate cannot be reached.
    """
    labels = len(taxonomy.labels)
    has_output = truth != NO_OUTPUT
    temperature = round(fit_temperature(raw[has_output], truth[has_output]), 4)
    probabilities = with_temperature(raw, temperature)
    score = known_score(probabilities, labels)
    if false_accept is None:
        right = probabilities[:, :labels].argmax(axis=1) == truth
        threshold = _keeping(score[right], kept_share)
    else:
        threshold = _rejecting(score[_unrelated(truth, taxonomy)], false_accept)
    return TaggingCalibration(
        temperature=temperature, threshold=threshold, thresholds=taxonomy.thresholds
    )


def rejection_rates(
    probabilities: NDArray[np.floating],
    truth: NDArray[np.intp],
    folders: Sequence[str],
    taxonomy: Taxonomy,
    calibration: TaggingCalibration,
) -> dict[str, float]:
    """How many photos of the areas are kept, and how many others are accepted with them.

    Args:
        probabilities: `(photos, outputs)`, calibrated.
        truth: As in `calibrate`.
        folders: `(photos,)` class of each in the dataset.
        taxonomy: Tells which classes are unrelated.
        calibration: Its thresholds are judged.

    Returns:
        `kept_known`; `false_accept`, of the folders that the taxonomy rejects, or of all that no
        area claims where it names none; and `false_accept_<folder>` of each that no area claims.
        A rate without photos is left out.
    """
    kept = ~rejected(probabilities, taxonomy.labels, calibration)
    known = (truth >= 0) & (truth < len(taxonomy.labels))
    groups = {"kept_known": known, "false_accept": _unrelated(truth, taxonomy)}
    names = np.array(folders)
    for folder in sorted(set(names[~known].tolist())):
        groups[f"false_accept_{folder}"] = names == folder
    return {name: float(kept[group].mean()) for name, group in groups.items() if group.any()}


def _unrelated(truth: NDArray[np.intp], taxonomy: Taxonomy) -> NDArray[np.bool_]:
    unrelated = len(taxonomy.labels) if taxonomy.unrelated else NO_OUTPUT
    return np.asarray(truth == unrelated)


def _keeping(score: NDArray[np.float64], share: float) -> float:
    if not len(score):
        raise DatasetError(
            "no validation photo is tagged rightly, so there is nothing to calibrate; train for "
            "longer, or with another learning rate"
        )
    last_in = np.quantile(score, 1 - share, method="lower")
    return math.floor(float(last_in) * _STEPS) / _STEPS


def _rejecting(score: NDArray[np.float64], false_accept: float) -> float:
    """The lowest threshold, of four digits, that at most a share of the scores reaches."""
    if not len(score):
        raise DatasetError("false_accept is set, but no validation photo is unrelated")
    first_out = np.sort(score)[::-1][int(false_accept * len(score))]
    threshold = (math.floor(float(first_out) * _STEPS) + 1) / _STEPS
    if threshold > 1:
        raise DatasetError(
            f"more than {false_accept:.1%} of the unrelated validation photos are taken for areas "
            "without any doubt; raise false_accept, or train with more of them"
        )
    return threshold
