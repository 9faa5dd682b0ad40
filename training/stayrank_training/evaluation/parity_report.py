"""The parity of every faster way that a model has on this machine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Literal

import numpy as np

from stayrank_common.errors import DatasetError, PhotoError
from stayrank_common.images import Photo, open_image
from stayrank_common.schemas import ModelInfo, Schema
from stayrank_models.artifacts import OPENVINO_INT8, Artifact
from stayrank_models.engines import Engine, Outputs, open_engine
from stayrank_models.engines.precisions import native_precisions
from stayrank_models.manifests import RATING_LABELS
from stayrank_models.sealing import seal
from stayrank_training.evaluation.judgements import UNRELATED
from stayrank_training.evaluation.parity import misses, parity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from stayrank_models.engines import Runtime
    from stayrank_models.manifests import FastPrecision
    from stayrank_training.data.photos import TaggedPhoto
    from stayrank_training.evaluation.served import Progress, Votes

_BATCH = 32
_EXACT = ("full", "f32")
Way = tuple[str, str]  # how photos are decoded, and the precision


class WayParity(Schema):
    """How far a faster way to a model's answers departs from the exact one.

    Args:
        decode: `full`, or `scaled` as it is served.
        precision: What the model computes in.
        figures: See `tag_parity` and `score_parity`.
        misses: What keeps it from passing; empty if it passes.
    """

    decode: Literal["full", "scaled"]
    precision: str
    figures: dict[str, float]
    misses: list[str]


class ParityReport(Schema):
    """All ways of a model."""

    model: ModelInfo
    ways: list[WayParity]


def engines_to_judge(artifact: Artifact, runtime: Runtime = "auto") -> dict[str, Engine]:
    """Open an artifact in all precisions that it may offer.

    Args:
        artifact: Its manifest need not record them.
        runtime: `keras` and `keras-gpu` have f16; others what this processor is made for.

    Returns:
        Precision → engine; the first is `f32`.
    """
    engines = {"f32": open_engine(artifact, runtime, 1, "f32")}
    fast: list[FastPrecision] = ["f16"] if runtime.startswith("keras") else [*native_precisions()]
    for precision in fast:
        if precision != "int8" or OPENVINO_INT8 in artifact.manifest.files:
            engines[precision] = open_engine(artifact.offering(precision), runtime, 1, precision)
    return engines


def measure_parity(
    artifact: Artifact,
    engines: Mapping[str, Engine],
    photos: Sequence[TaggedPhoto],
    votes: Votes,
    progress: Progress,
) -> list[WayParity]:
    """Judge the faster ways: each precision with each decode.

    Args:
        artifact: The model.
        engines: See `engines_to_judge`.
        photos: That the model has not learnt from, with their tags.
        votes: Photo → `(10,)` rating distribution; a NIMA model is judged on rated photos alone.
        progress: Shows how far it is.

    Returns:
        Each way, those with the scaled decode after those with the full one.

    Raises:
        DatasetError: If there are fewer than two photos to judge on, or one cannot be read.
    """
    if artifact.manifest.task == "aesthetics":
        photos = [photo for photo in photos if photo.path in votes]
    if len(photos) < 2:
        raise DatasetError("parity needs at least two photos that the model has not learnt from")
    answers = _answers(artifact, engines, [photo.path for photo in photos], progress)
    exact = answers.pop(_EXACT)
    return [_judge(artifact, photos, votes, exact, answers[way], way) for way in sorted(answers)]


def record_parity(artifact: Artifact, ways: Iterable[WayParity]) -> Artifact:
    """Write into a manifest which precisions pass as they are served, and their figures.

    Args:
        artifact: Its manifest is sealed anew; what it records of other precisions stays.
        ways: What `measure_parity` returned.

    Returns:
        The artifact as it is now, with another checksum.
    """
    served = [way for way in ways if way.decode == "scaled"]
    judged = {way.precision for way in served}
    recorded: dict[str, dict[str, float]] = {
        name: figures
        for name, figures in artifact.manifest.precisions.items()
        if name not in judged
    }
    for way in served:
        if way.precision != "f32" and not way.misses:
            recorded[way.precision] = {name: round(x, 4) for name, x in way.figures.items()}
    manifest = artifact.manifest.model_copy(update={"precisions": recorded})
    return seal(artifact.folder, manifest, ())


def _judge(
    artifact: Artifact,
    photos: Sequence[TaggedPhoto],
    votes: Votes,
    exact: Outputs,
    fast: Outputs,
    way: Way,
) -> WayParity:
    labels = artifact.manifest.labels
    truth = [labels.index(p.tag) if p.tag in labels else UNRELATED for p in photos]
    unrated = np.full(len(RATING_LABELS), np.nan)
    given = np.stack([votes.get(photo.path, unrated) for photo in photos])
    figures = parity(artifact.manifest, exact, fast, np.array(truth), given)
    decode, precision = way
    return WayParity.model_validate(
        {"decode": decode, "precision": precision, "figures": figures, "misses": misses(figures)}
    )


def _answers(
    artifact: Artifact, engines: Mapping[str, Engine], paths: Sequence[Path], progress: Progress
) -> dict[Way, Outputs]:
    """What each way says of photos, a batch in memory at a time."""
    preprocessing = artifact.manifest.preprocessing
    parts: dict[Way, list[Outputs]] = {}

    def decode(path: Path, exact: bool) -> Photo:
        try:
            return open_image(path, preprocessing, exact=exact)
        except PhotoError as error:
            raise DatasetError(f"{path}: {error}") from error

    starts = range(0, len(paths), _BATCH)
    with ThreadPoolExecutor() as pool:
        for start in progress(starts, len(starts), f"Comparing {artifact.manifest.name}"):
            batch = paths[start : start + _BATCH]
            for name in ("full", "scaled"):
                decoded = pool.map(lambda path, name=name: decode(path, name == "full"), batch)
                pixels = np.stack([photo.pixels for photo in decoded])
                for precision, engine in engines.items():
                    parts.setdefault((name, precision), []).append(engine.predict(pixels))
    return {way: _joined(outputs) for way, outputs in parts.items()}


def _joined(parts: Sequence[Outputs]) -> Outputs:
    def join(name: str) -> NDArray[np.float32]:
        return np.concatenate([getattr(part, name) for part in parts])

    return Outputs(join("probabilities"), join("embedding"))
