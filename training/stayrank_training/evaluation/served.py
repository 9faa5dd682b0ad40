"""Judge models as they are served: the same decoding, runtime and calibration."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np

from stayrank_common.errors import DatasetError
from stayrank_common.images import open_image
from stayrank_common.inputs import PhotoInput
from stayrank_training.evaluation.aesthetic_report import AestheticReport, aesthetic_report
from stayrank_training.evaluation.judgements import judge_ratings, judge_tags
from stayrank_training.evaluation.robustness import degraded_shares
from stayrank_training.evaluation.tagger_report import TaggerReport, tagger_report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from stayrank_models.predictors import AestheticPredictor, TagPredictor
    from stayrank_training.data.photos import TaggedPhoto
    from stayrank_training.evaluation.judgements import Dropped, RatingJudgements

    Votes = Mapping[Path, NDArray[np.floating]]

Item = TypeVar("Item")
_BATCH = 32


class Progress(Protocol):
    """Passes items on and shows how far it is."""

    def __call__(self, items: Iterable[Item], total: int, what: str) -> Iterator[Item]:
        """Pass on `total` items under the heading `what`."""
        ...


def evaluate_tagger(
    predictor: TagPredictor,
    photos: Sequence[TaggedPhoto],
    progress: Progress,
    *,
    data: str,
    split: str,
    shown: int,
) -> TaggerReport:
    """Judge a tagger on one split.

    Args:
        predictor: The tagger, as it serves.
        photos: Of all splits.
        progress: Shows how far it is.
        data: Name of the data set.
        split: Which split to judge on.
        shown: How many of the worst mistakes to name.

    Raises:
        DatasetError: If the split holds no readable photo of a class that the tagger knows.
    """
    chosen = [photo for photo in photos if photo.split == split]
    if not chosen:
        raise DatasetError(f"{data}: no photo in the split {split!r}")
    inputs = (PhotoInput(photo.file, photo.path) for photo in chosen)
    results = progress(predictor.stream(inputs), len(chosen), "Tagging")
    artifact, manifest = predictor.artifact, predictor.artifact.manifest
    judged, dropped = judge_tags(
        chosen, results, manifest.labels, unrelated=bool(manifest.unrelated)
    )
    return tagger_report(artifact, judged, dropped, data=data, split=split, shown=shown)


def evaluate_aesthetic(
    predictor: AestheticPredictor,
    votes: Votes,
    tagged: Iterable[TaggedPhoto],
    progress: Progress,
    *,
    folder: Path,
    labels: str,
    baseline: AestheticPredictor | None = None,
    train_votes: Votes | None = None,
    shown: int,
) -> tuple[AestheticReport, RatingJudgements]:
    """Judge a NIMA model on rated photos.

    Args:
        predictor: The model, as it serves.
        votes: Photo → `(10,)` rating distribution.
        tagged: Tells tags and hotels of photos; may be empty, may tell of others too.
        progress: Shows how far it is.
        folder: What names of files are relative to.
        labels: Name of the label file.
        baseline: Another model to compare with.
        train_votes: What the constant model learns its distribution from; else `votes`.
        shown: How many photos a contact sheet holds.

    Returns:
        The report, and what it was made from.

    Raises:
        DatasetError: If fewer than two photos can be read.
    """
    known = {photo.path: photo for photo in tagged}

    def judge(which: AestheticPredictor) -> tuple[RatingJudgements, list[Dropped]]:
        inputs = (PhotoInput(str(path), path) for path in votes)
        results = progress(which.stream(inputs), len(votes), f"Scoring with {which.info.name}")
        return judge_ratings(votes, results, known, folder)

    judged, dropped = judge(predictor)
    paths = [folder / file for file in judged.files]
    compared = None
    if baseline:
        others, _ = judge(baseline)  # reads the same photos: what can be read hangs on no model
        shares = _degraded(baseline, paths, progress)
        compared = (baseline.info, others.predicted, shares)
    source = "the training labels" if train_votes else "these very labels"
    mean = np.mean(list((train_votes or votes).values()), axis=0)
    report = aesthetic_report(
        predictor.info,
        judged,
        dropped,
        _degraded(predictor, paths, progress),
        labels=labels,
        constant=(source, mean),
        baseline=compared,
        shown=shown,
    )
    return report, judged


def _degraded(
    predictor: AestheticPredictor, paths: Sequence[Path], progress: Progress
) -> dict[str, float]:
    """`degraded_shares` over any number of photos, a batch in memory at a time."""
    preprocessing = predictor.artifact.manifest.preprocessing

    def predict(batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        return predictor.engine.predict(batch).probabilities

    parts: list[dict[str, float]] = []
    starts = range(0, len(paths), _BATCH)
    sizes = [len(paths[start : start + _BATCH]) for start in starts]
    with ThreadPoolExecutor() as pool:
        for start in progress(starts, len(starts), f"Degrading for {predictor.info.name}"):
            batch = paths[start : start + _BATCH]
            photos = pool.map(lambda path: open_image(path, preprocessing).pixels, batch)
            parts.append(degraded_shares(predict, np.stack(list(photos))))
    return {
        name: float(np.average([part[name] for part in parts], weights=sizes)) for name in parts[0]
    }
