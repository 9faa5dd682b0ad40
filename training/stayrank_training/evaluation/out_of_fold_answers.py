"""Answers that no model could have learnt by heart: out-of-fold predictions in the served form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stayrank_common.errors import DatasetError
from stayrank_common.ratings import RATINGS, mean_score, score_std
from stayrank_common.schemas import (
    AestheticResponse,
    AestheticResult,
    ModelInfo,
    PhotoFailure,
    TagProbability,
    TagResponse,
    TagResult,
)
from stayrank_common.taxonomy import default_taxonomy
from stayrank_models.answers import with_temperature
from stayrank_models.rejection import rejected
from stayrank_training.calibration import fit_aesthetics
from stayrank_training.rejection import NO_OUTPUT, calibrate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stayrank_training.data.galleries import RatedGallery
    from stayrank_training.data.out_of_fold import OutOfFold
    from stayrank_training.evaluation.gallery_answers import GalleryAnswers

KEPT_SHARE = 0.95  # as the recipe of the shipped tagger calibrates


def with_tags(
    galleries: Sequence[RatedGallery],
    answers: Sequence[GalleryAnswers],
    predicted: OutOfFold,
    name: str,
) -> list[GalleryAnswers]:
    """Put out-of-fold probabilities in the place of tags, calibrated as a tagger's are.

    Classes that are no area of the taxonomy count as one output for unrelated photos. Temperature
    and threshold are fitted on these very photos: two numbers, as in a served tagger.

    Args:
        galleries: Whose photos they are; they tell the true tags.
        answers: Of each gallery, its originals alone.
        predicted: Named by the photo's file name, in any folder.
        name: Says where the predictions come from.

    Raises:
        DatasetError: If a photo has no prediction or several, or an area has no column.
    """
    taxonomy = default_taxonomy()
    missing = [label for label in taxonomy.labels if label not in predicted.classes]
    if missing:
        raise DatasetError(f"{name}: no column for {missing[0]}")
    areas = _rows(galleries, predicted, name)[
        :, [predicted.classes.index(label) for label in taxonomy.labels]
    ]
    raw = np.column_stack([areas, np.maximum(1 - areas.sum(axis=1), 0)])
    outputs = [taxonomy.output(str(area)) for gallery in galleries for area in gallery.areas]
    truth = np.array([NO_OUTPUT if output is None else output for output in outputs])
    calibration = calibrate(raw, truth, taxonomy, kept_share=KEPT_SHARE)
    probabilities = with_temperature(raw, calibration.temperature)
    refused = rejected(probabilities, taxonomy.labels, calibration)
    rows = iter(zip(probabilities[:, : len(taxonomy.labels)], refused, strict=True))
    info = ModelInfo(name=name, version="out of fold", sha256="")
    return [
        answer.model_copy(
            update={
                "tags": TagResponse(
                    model=info,
                    results=[_tagged(result, *next(rows)) for result in answer.tags.results],
                )
            }
        )
        for answer in answers
    ]


def with_ratings(
    galleries: Sequence[RatedGallery],
    answers: Sequence[GalleryAnswers],
    predicted: OutOfFold,
    name: str,
) -> list[GalleryAnswers]:
    """Put out-of-fold rating distributions in the place of ratings; arguments as in `with_tags`.

    Raises:
        DatasetError: If a photo has no prediction or several, or the classes are not 1 to 10.
    """
    wanted = [f"{rating:g}" for rating in RATINGS]
    if sorted(predicted.classes) != sorted(wanted):
        raise DatasetError(f"{name}: expected the classes 1 to 10, got {predicted.classes}")
    columns = [predicted.classes.index(rating) for rating in wanted]
    distributions = _rows(galleries, predicted, name)[:, columns]
    distributions /= distributions.sum(axis=1, keepdims=True)
    percentiles = fit_aesthetics(mean_score(distributions)).percentiles
    rows = iter(distributions)
    info = ModelInfo(name=name, version="out of fold", sha256="")
    return [
        answer.model_copy(
            update={
                "ratings": AestheticResponse(
                    model=info,
                    results=[_rated(r, next(rows), percentiles) for r in answer.ratings.results],
                )
            }
        )
        for answer in answers
    ]


def _rows(
    galleries: Sequence[RatedGallery], predicted: OutOfFold, name: str
) -> NDArray[np.float64]:
    """`(photos, classes)`: the prediction of each photo, gallery by gallery."""
    places: dict[str, list[int]] = {}
    for row, file in enumerate(predicted.files):
        places.setdefault(file.rpartition("/")[2], []).append(row)
    rows = []
    for gallery in galleries:
        for file in gallery.files:
            found = places.get(file, [])
            if len(found) != 1:
                raise DatasetError(
                    f"{name}: {len(found) or 'no'} predictions for {gallery.name}/{file}; "
                    "expected one"
                )
            rows += found
    return predicted.probabilities[rows]


def _tagged(
    served: TagResult | PhotoFailure, probabilities: NDArray[np.float64], refused: np.bool_
) -> TagResult | PhotoFailure:
    if isinstance(served, PhotoFailure):
        return served
    labels = default_taxonomy().labels
    tags = [
        TagProbability(tag=labels[i], probability=float(probabilities[i]))
        for i in np.argsort(-probabilities, kind="stable")
    ]
    update = {"top_tag": tags[0].tag, "rejected": bool(refused), "tags": tags}
    return served.model_copy(update=update)


def _rated(
    served: AestheticResult | PhotoFailure,
    distribution: NDArray[np.float64],
    percentiles: Sequence[float],
) -> AestheticResult | PhotoFailure:
    if isinstance(served, PhotoFailure):
        return served
    mean = float(mean_score(distribution))
    return served.model_copy(
        update={
            "mean": mean,
            "std": float(score_std(distribution)),
            "distribution": distribution.tolist(),
            "percentile": float(np.interp(mean, percentiles, np.arange(101))),
        }
    )
