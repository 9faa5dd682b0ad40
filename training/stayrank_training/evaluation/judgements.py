"""What a served model said of labelled photos, as arrays that every evaluator takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stayrank_common.errors import DatasetError
from stayrank_common.ratings import mean_score
from stayrank_common.schemas import AestheticResult, PhotoFailure, Schema, TagResult
from stayrank_models.rejection import known_score

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from stayrank_training.data.photos import TaggedPhoto

UNRELATED = -1
# Answers carry six digits: a probability that reads 0 is about half of the last one.
_LEAST_PROBABILITY = 5e-7


class Dropped(Schema):
    """A photo that counts in no figure."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class TagJudgements:
    """Photos with the tags they have and the tags they got.

    Args:
        photos: `n` photos that could be read.
        labels: The classes that the tagger knows.
        truth: `(n,)` index of the right class, `UNRELATED` where it is none of them.
        probabilities: `(n, classes)` as served, scaled so that each row sums to 1: which of the
            classes it is, if any.
        known: `(n,)` of `known_score`: how sure it is that it is any, which the threshold judges.
        rejected: `(n,)` whether the answer said that it was not sure enough.
    """

    photos: Sequence[TaggedPhoto]
    labels: Sequence[str]
    truth: NDArray[np.intp]
    probabilities: NDArray[np.float64]
    known: NDArray[np.float64]
    rejected: NDArray[np.bool_]

    @property
    def predicted(self) -> NDArray[np.intp]:
        """`(n,)` index of the most probable class."""
        return np.asarray(self.probabilities.argmax(axis=1))

    def where(self, chosen: NDArray[np.bool_]) -> TagJudgements:
        """Return some of the photos."""
        return TagJudgements(
            [photo for photo, keep in zip(self.photos, chosen, strict=True) if keep],
            self.labels,
            self.truth[chosen],
            self.probabilities[chosen],
            self.known[chosen],
            self.rejected[chosen],
        )


@dataclass(frozen=True, slots=True, eq=False)
class RatingJudgements:
    """Photos with the ratings that they were given and that were predicted.

    Args:
        files: `n` names.
        tags: `n` tags; empty where unknown.
        hotels: `n` hotels; empty where unknown.
        predicted: `(n, 10)` rating distributions.
        given: `(n, 10)` rating distributions.
    """

    files: Sequence[str]
    tags: Sequence[str]
    hotels: Sequence[str]
    predicted: NDArray[np.float64]
    given: NDArray[np.float64]

    @property
    def error(self) -> NDArray[np.float64]:
        """`(n,)` predicted minus given mean score, in rating points."""
        return np.asarray(mean_score(self.predicted) - mean_score(self.given))

    def where(self, chosen: NDArray[np.bool_]) -> RatingJudgements:
        """Return some of the photos."""
        kept = np.flatnonzero(chosen).tolist()
        return RatingJudgements(
            [self.files[i] for i in kept],
            [self.tags[i] for i in kept],
            [self.hotels[i] for i in kept],
            self.predicted[chosen],
            self.given[chosen],
        )


def judge_tags(
    photos: Sequence[TaggedPhoto],
    results: Iterable[TagResult | PhotoFailure],
    labels: Sequence[str],
    *,
    unrelated: bool,
) -> tuple[TagJudgements, list[Dropped]]:
    """Put a tagger's answers beside the tags of the photos.

    Args:
        photos: With their tags.
        results: One a photo, in the same order.
        labels: The classes that the tagger knows.
        unrelated: Whether what their probabilities lack to 1 is that of none of them.

    Raises:
        DatasetError: If not one photo of a class that the tagger knows could be read.
    """
    kept, rows, rejected, dropped = [], [], [], []
    for photo, result in zip(photos, results, strict=True):
        if isinstance(result, PhotoFailure):
            dropped.append(Dropped(file=photo.file, reason=result.error.detail))
            continue
        by_tag = {entry.tag: entry.probability for entry in result.tags}
        kept.append(photo)
        rows.append([by_tag[label] for label in labels])
        rejected.append(result.rejected)
    index = {label: position for position, label in enumerate(labels)}
    truth = np.array([index.get(photo.tag, UNRELATED) for photo in kept], dtype=np.intp)
    if not (truth != UNRELATED).any():
        raise DatasetError(f"no readable photo shows one of: {', '.join(labels)}")
    said = np.array(rows)
    outputs = np.column_stack([said, 1 - said.sum(axis=1)]) if unrelated else said
    known = known_score(outputs, len(labels))
    raised = np.maximum(said, _LEAST_PROBABILITY)
    probabilities = raised / raised.sum(axis=1, keepdims=True)
    return TagJudgements(kept, labels, truth, probabilities, known, np.array(rejected)), dropped


def judge_ratings(
    votes: Mapping[Path, NDArray[np.floating]],
    results: Iterable[AestheticResult | PhotoFailure],
    known: Mapping[Path, TaggedPhoto],
    folder: Path,
) -> tuple[RatingJudgements, list[Dropped]]:
    """Put a NIMA model's answers beside the ratings of the photos.

    Args:
        votes: Photo → `(10,)` rating distribution.
        results: One a photo, in the same order.
        known: Tag and hotel of the photos of which they are known.
        folder: What the names of files are relative to.

    Raises:
        DatasetError: If fewer than two photos could be read.
    """
    kept, given, predicted, dropped = [], [], [], []
    for (path, distribution), result in zip(votes.items(), results, strict=True):
        if isinstance(result, PhotoFailure):
            name = path.relative_to(folder).as_posix()
            dropped.append(Dropped(file=name, reason=result.error.detail))
            continue
        kept.append(path)
        given.append(distribution)
        predicted.append(result.distribution)
    if len(kept) < 2:
        raise DatasetError("fewer than two rated photos can be read; correlations need more")
    told = [known.get(path) for path in kept]
    judgements = RatingJudgements(
        [path.relative_to(folder).as_posix() for path in kept],
        [photo.tag if photo else "" for photo in told],
        [photo.hotel if photo else "" for photo in told],
        np.array(predicted, dtype=np.float64),
        np.array(given, dtype=np.float64),
    )
    return judgements, dropped
