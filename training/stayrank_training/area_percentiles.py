"""How the photos of each area score: what tells a good bathroom among bathrooms."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from stayrank_common.errors import DatasetError
from stayrank_common.schemas import PhotoFailure
from stayrank_training.calibration import fit_aesthetics

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from stayrank_common.schemas import AestheticResult, ModelInfo
    from stayrank_training.data.photos import TaggedPhoto


def area_percentiles(
    photos: Sequence[TaggedPhoto],
    results: Iterable[AestheticResult | PhotoFailure],
    areas: Sequence[str],
) -> dict[str, list[float]]:
    """Describe the predicted mean scores of each area.

    Args:
        photos: With their true tags.
        results: What a NIMA model says of each, in the same order; failures do not count.
        areas: Which to describe.

    Returns:
        Area → its 101 percentiles 0..100, ascending, in [1, 10].

    Raises:
        DatasetError: If an area has no photo that could be read.
    """
    scores: dict[str, list[float]] = {area: [] for area in areas}
    for photo, result in zip(photos, results, strict=True):
        if photo.tag in scores and not isinstance(result, PhotoFailure):
            scores[photo.tag].append(result.mean)
    empty = [area for area, means in scores.items() if not means]
    if empty:
        raise DatasetError(f"no readable photo of {', '.join(empty)}; every area needs some")
    return {
        area: list(fit_aesthetics(np.array(means)).percentiles) for area, means in scores.items()
    }


def write_area_percentiles(
    path: Path, percentiles: Mapping[str, Sequence[float]], model: ModelInfo, weights_sha256: str
) -> None:
    """Write them as the gallery service reads them, an area a line.

    Args:
        path: The file.
        percentiles: Of each area.
        model: That predicted the scores: to no others are they applied.
        weights_sha256: Of its float weights, which all its graphs are made from.
    """
    named = {"name": model.name, "version": model.version, "weights_sha256": weights_sha256}
    lines = [f"{json.dumps(area)}: {json.dumps(values)}" for area, values in percentiles.items()]
    areas = "{\n" + ",\n".join(lines) + "\n}"
    path.write_text(f'{{\n"model": {json.dumps(named)},\n"areas": {areas}\n}}\n', encoding="utf-8")
