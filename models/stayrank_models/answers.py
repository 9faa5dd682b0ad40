"""From what a model says to answers: calibrate and describe.

Every answer takes the manifest, photos with their ids and the outputs of the model, one row a
photo, and gives one result a photo.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import numpy as np

from stayrank_common.ratings import mean_score, score_std
from stayrank_common.schemas import AestheticResult, Embedding, TagProbability, TagResult
from stayrank_models.manifests import AestheticCalibration, TaggingCalibration
from stayrank_models.rejection import rejected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stayrank_common.images import Photo
    from stayrank_models.engines import Outputs
    from stayrank_models.manifests import Manifest

_DIGITS = 6


def tag_results(
    manifest: Manifest, photos: Sequence[tuple[str, Photo]], outputs: Outputs
) -> list[TagResult]:
    """The area that each photo shows, by a tagger's outputs."""
    calibration = manifest.calibration
    assert isinstance(calibration, TaggingCalibration)  # noqa: S101 - the manifest guarantees it
    probabilities = with_temperature(outputs.probabilities, calibration.temperature)
    refused = rejected(probabilities, manifest.labels, calibration)
    return [
        _tagged(manifest.labels, photo_id, photo, p, embedding, bool(no))
        for (photo_id, photo), p, embedding, no in zip(
            photos, probabilities, outputs.embedding, refused, strict=True
        )
    ]


def aesthetic_results(
    manifest: Manifest, photos: Sequence[tuple[str, Photo]], outputs: Outputs
) -> list[AestheticResult]:
    """How people would rate each photo, by a NIMA model's outputs."""
    calibration = manifest.calibration
    assert isinstance(calibration, AestheticCalibration)  # noqa: S101 - the manifest guarantees it
    distributions = outputs.probabilities.astype(np.float64)
    distributions /= distributions.sum(axis=1, keepdims=True)  # float32 sums are off by 1e-7
    means, stds = mean_score(distributions), score_std(distributions)
    percentiles = np.interp(means, calibration.percentiles, np.arange(101))
    return [
        AestheticResult(
            id=photo_id,
            mean=round(float(mean), _DIGITS),
            std=round(float(std), _DIGITS),
            distribution=[round(float(p), _DIGITS) for p in distribution],
            percentile=round(float(percentile), 2),
            warnings=list(photo.warnings),
        )
        for (photo_id, photo), distribution, mean, std, percentile in zip(
            photos, distributions, means, stds, percentiles, strict=True
        )
    ]


def with_temperature(
    probabilities: NDArray[np.floating], temperature: float
) -> NDArray[np.float64]:
    """Soften (above 1) or sharpen (below 1) class probabilities: `p ∝ p_raw^(1/temperature)`.

    The same as dividing the logits by the temperature, without needing them.

    Args:
        probabilities: `(n, classes)`, each row summing to 1.
        temperature: Above 0.

    Returns:
        `(n, classes)` float64, each row summing to 1.

    Reference:
        Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
    """
    powered = np.asarray(probabilities, dtype=np.float64) ** (1 / temperature)
    return np.asarray(powered / powered.sum(axis=1, keepdims=True))


def encode_embedding(values: NDArray[np.floating]) -> Embedding:
    """Pack an embedding `(channels,)` as base64 float16."""
    packed = np.ascontiguousarray(values, dtype="<f2")
    return Embedding(dimension=packed.size, data=base64.b64encode(packed.tobytes()).decode())


def _tagged(
    labels: Sequence[str],
    photo_id: str,
    photo: Photo,
    probabilities: NDArray[np.float64],
    embedding: NDArray[np.float32],
    refused: bool,
) -> TagResult:
    order = np.argsort(-probabilities[: len(labels)], kind="stable")
    return TagResult(
        id=photo_id,
        top_tag=labels[order[0]],
        rejected=refused,
        tags=[
            TagProbability(tag=labels[i], probability=round(float(probabilities[i]), _DIGITS))
            for i in order
        ],
        warnings=list(photo.warnings),
        embedding=encode_embedding(embedding),
    )
