"""How well a tagger tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stayrank_training.evaluation import weighted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_TINY = 1e-12


def evaluate(
    probabilities: NDArray[np.floating], truth: NDArray[np.intp], labels: Sequence[str]
) -> dict[str, float]:
    """Measure a tagger.

    Args:
        probabilities: `(photos, classes)`, calibrated.
        truth: `(photos,)` index of the right class.
        labels: Names of the classes.

    Returns:
        `photos`, `top1`, `macro_f1`, `macro_recall`, `log_loss`, `ece`, and `recall_<label>` and
        `precision_<label>` of each class that occurs.

    Raises:
        ValueError: If there is no photo.
    """
    if not len(truth):
        raise ValueError("there is no photo to measure on")
    predicted = probabilities.argmax(axis=1)
    likelihood = np.maximum(probabilities[np.arange(len(truth)), truth], _TINY)
    result = {
        "photos": float(len(truth)),
        "top1": float((predicted == truth).mean()),
        "log_loss": float(-np.log(likelihood).mean()),
        "ece": expected_calibration_error(probabilities.max(axis=1), predicted == truth),
    }
    f1, recalls = [], []
    for index, label in enumerate(labels):
        hits = float(((predicted == index) & (truth == index)).sum())
        there, said = float((truth == index).sum()), float((predicted == index).sum())
        if there:
            result[f"recall_{label}"] = hits / there
            recalls.append(hits / there)
            f1.append(2 * hits / (there + said))
        if said:
            result[f"precision_{label}"] = hits / said
    result["macro_f1"] = float(np.mean(f1))
    result["macro_recall"] = float(np.mean(recalls))
    return result


def expected_calibration_error(confidence: NDArray[np.floating], right: NDArray[np.bool_]) -> float:
    """How far confidence is from accuracy: the mean gap over ten bins, weighted by size.

    Args:
        confidence: `(photos,)` largest probability.
        right: `(photos,)` whether that class was right.

    Reference:
        Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, equation 3.

    Example:
        Sure of two photos and right about one:

        >>> expected_calibration_error(np.array([1.0, 1.0]), np.array([True, False]))
        0.5
    """
    once = np.ones((1, len(confidence)), np.intp)
    return float(weighted.calibration_error(confidence, right, once)[0])
