"""Whether a faster way to a model's answers may stand in for the exact one.

The exact way decodes a photo in full and computes in float32. A faster one must agree with it, and
must not do worse against the labels of photos that the model has not seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import spearmanr

from stayrank_common.ratings import mean_score
from stayrank_models.engines.part import part_of
from stayrank_models.manifests import DUO_TASKS
from stayrank_training.evaluation.aesthetics import evaluate
from stayrank_training.evaluation.judgements import UNRELATED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from stayrank_models.engines import Outputs
    from stayrank_models.manifests import Manifest

# The gate: a figure of `tag_parity` or `score_parity` → its bound. A loss is against the labels.
AT_LEAST = {"tag_agreement": 0.99, "score_srcc": 0.99}
AT_MOST = {"top1_loss": 0.005, "srcc_loss": 0.005, "lcc_loss": 0.005, "score_difference": 0.05}


def tag_parity(
    exact: Outputs, fast: Outputs, truth: NDArray[np.intp], labels: int
) -> dict[str, float]:
    """Compare the answers of a tagger.

    Args:
        exact: Of `n` photos, the exact way.
        fast: Of the same photos.
        truth: `(n,)` index of the right class, `UNRELATED` where it is none.
        labels: Number of classes; an output behind them stands for none.

    Returns:
        `photos`; `tag_agreement`, the share with the same most probable class;
        `probability_difference`, the largest; `embedding_cosine`, the smallest; `top1`, of the
        fast way, and `top1_loss`, over the photos of a class.
    """
    said, wanted = (x.probabilities[:, :labels].argmax(axis=1) for x in (fast, exact))
    known = truth != UNRELATED
    right, right_before = ((x == truth)[known].sum() for x in (said, wanted))
    return {
        "photos": float(len(truth)),
        "tag_agreement": float((said == wanted).mean()),
        "probability_difference": float(np.abs(fast.probabilities - exact.probabilities).max()),
        "embedding_cosine": _least_cosine(exact.embedding, fast.embedding),
        "top1": float(right / known.sum()),
        "top1_loss": float((right_before - right) / known.sum()),
    }


def score_parity(exact: Outputs, fast: Outputs, given: NDArray[np.floating]) -> dict[str, float]:
    """Compare the answers of a NIMA model.

    Args:
        exact: Of `n` photos, the exact way.
        fast: Of the same photos.
        given: `(n, 10)` the rating distributions that the photos were given; rows of NaN where
            there are none.

    Returns:
        `photos`; `score_srcc`, the rank correlation of the mean scores; `score_difference`, the
        mean of their absolute differences; `embedding_cosine`, the smallest; `srcc` and `lcc`
        with what was given, of the fast way, and `srcc_loss` and `lcc_loss`.
    """
    ours, theirs = mean_score(fast.probabilities), mean_score(exact.probabilities)
    rated = ~np.isnan(given).any(axis=1)
    new, old = (evaluate(x.probabilities[rated], given[rated]) for x in (fast, exact))
    return {
        "photos": float(len(given)),
        "score_srcc": float(spearmanr(ours, theirs).statistic),
        "score_difference": float(np.abs(ours - theirs).mean()),
        "embedding_cosine": _least_cosine(exact.embedding, fast.embedding),
        **{name: new[name] for name in ("srcc", "lcc")},
        **{f"{name}_loss": old[name] - new[name] for name in ("srcc", "lcc")},
    }


def parity(
    manifest: Manifest,
    exact: Outputs,
    fast: Outputs,
    truth: NDArray[np.intp],
    given: NDArray[np.floating],
) -> dict[str, float]:
    """Compare all answers of a model.

    Args:
        manifest: Says which they are.
        exact: Of `n` photos, the exact way.
        fast: Of the same photos.
        truth: See `tag_parity`.
        given: See `score_parity`.

    Returns:
        What `tag_parity` and `score_parity` return, as far as the model gives these answers.
    """
    figures: dict[str, float] = {}
    for index, task in enumerate(DUO_TASKS if manifest.task == "duo" else (manifest.task,)):
        slow, quick = (part_of(outputs, manifest.distributions, index) for outputs in (exact, fast))
        if task == "aesthetics":
            figures |= score_parity(slow, quick, given)
        else:
            figures |= tag_parity(slow, quick, truth, len(manifest.labels))
    return figures


def misses(figures: Mapping[str, float]) -> list[str]:
    """Return what keeps figures from passing the gate, in words; nothing if they pass.

    A figure that is not a number does not pass.
    """
    low = [
        f"{name} {figures[name]:.4f} is below {bound}"
        for name, bound in AT_LEAST.items()
        if name in figures and not figures[name] >= bound
    ]
    high = [
        f"{name} {figures[name]:.4f} is above {bound}"
        for name, bound in AT_MOST.items()
        if name in figures and not figures[name] <= bound
    ]
    return low + high


def _least_cosine(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    norms = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return float(((a * b).sum(axis=1) / norms).min())
