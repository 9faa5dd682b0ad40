"""How well a tagger tags."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from stayrank_training.evaluation import weighted
from stayrank_training.evaluation.bootstrap import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stayrank_training.evaluation.bootstrap import Statistic

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
        `photos`, the `statistics`, and `recall_<label>` and `precision_<label>` of each class for
        which they are defined.

    Raises:
        ValueError: If there is no photo.
    """
    if not len(truth):
        raise ValueError("there is no photo to measure on")
    once = np.ones((1, len(truth)), np.intp)
    rates = weighted.class_rates(probabilities.argmax(axis=1), truth, len(labels), once)
    by_class = {
        f"{name}_{label}": float(value)
        for index, label in enumerate(labels)
        for name in ("recall", "precision")
        if np.isfinite(value := getattr(rates, name)[0, index])
    }
    measured = statistics(probabilities, truth)
    found = {name: plain(statistic, len(truth)) for name, statistic in measured.items()}
    return {"photos": float(len(truth))} | found | by_class


def statistics(
    probabilities: NDArray[np.floating], truth: NDArray[np.intp]
) -> dict[str, Statistic]:
    """What is measured of a tagger, for weighted photos; arguments as of `evaluate`.

    Returns:
        `top1` accuracy, `macro_f1`, `macro_precision`, `macro_recall` (over the classes that
        occur), `log_loss` and `ece`, the expected calibration error.
    """
    predicted, classes = probabilities.argmax(axis=1), probabilities.shape[1]
    right = predicted == truth
    likelihood = np.maximum(probabilities[np.arange(len(truth)), truth], _TINY)
    macro = partial(weighted.macro_average, predicted, truth, classes)
    return {
        "top1": partial(weighted.mean, right),
        "macro_f1": partial(macro, "f1"),
        "macro_precision": partial(macro, "precision"),
        "macro_recall": partial(macro, "recall"),
        "log_loss": partial(weighted.mean, -np.log(likelihood)),
        "ece": partial(weighted.calibration_error, probabilities.max(axis=1), right),
    }
