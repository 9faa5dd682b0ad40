"""Whether a photo shows an area at all: one rule for training and for serving.

A tagger that was trained with unrelated photos has a further output for them, and the score of a
photo is the probability that it shows any area, `1 − p(unrelated)`. A tagger without one can only
look at how sure it is, `max p`, which hardly tells the two apart (docs/experiments.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stayrank_models.manifests import TaggingCalibration


def known_score(probabilities: NDArray[np.floating], labels: int) -> NDArray[np.float64]:
    """How sure it is that each photo shows one of the areas.

    Args:
        probabilities: `(photos, outputs)`, calibrated, each row summing to 1: the labels, then
            what is no label.
        labels: How many outputs are labels.

    Returns:
        `(photos,)` scores in [0, 1].

    Example:
        >>> known_score(np.array([[0.3, 0.3, 0.4]]), labels=2).round(6)
        array([0.6])
        >>> known_score(np.array([[0.3, 0.7]]), labels=2)
        array([0.7])
    """
    areas = np.asarray(probabilities[:, :labels], dtype=np.float64)
    score = areas.max(axis=1) if labels == probabilities.shape[1] else areas.sum(axis=1)
    return np.asarray(score)


def rejected(
    probabilities: NDArray[np.floating], labels: Sequence[str], calibration: TaggingCalibration
) -> NDArray[np.bool_]:
    """Which photos count as of no known area.

    Args:
        probabilities: As in `known_score`.
        labels: Names of the first outputs.
        calibration: Its `threshold`, or that of the most probable label in its `thresholds`.

    Returns:
        `(photos,)`: true where the score lies below.
    """
    limits = np.array([calibration.thresholds.get(tag, calibration.threshold) for tag in labels])
    best = probabilities[:, : len(labels)].argmax(axis=1)
    return np.asarray(known_score(probabilities, len(labels)) < limits[best])
