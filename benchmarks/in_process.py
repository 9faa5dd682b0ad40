"""From bytes to answers in one process: `python benchmarks/in_process.py WHAT --on CORES`.

Prints JSON: milliseconds a photo, medians of rounds that take turns. `WHAT` is `decode`, `both`
(tag and rating, beside what a plain program does for them), `vgg16` (the same with a VGG16 as the
tagger, of random weights, which no instruction takes longer for) or `single` (one model alone,
and how long its stages take). `performance.py` calls it.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from photos import EDGES, photos
from PIL import Image
from timing import measure, on_cores

from stayrank_common.decoding.decoder import PlainDecoder
from stayrank_common.images import open_image
from stayrank_common.inputs import PhotoInput
from stayrank_common.schemas import AestheticResponse, TagResponse
from stayrank_common.stages import listening, totals
from stayrank_gallery.scorers.local import LocalScorer, open_local
from stayrank_models.artifacts import DEFAULT_AESTHETIC, DEFAULT_TAGGER, Artifact, find
from stayrank_models.both import PairPredictor
from stayrank_models.predictors import AestheticPredictor, TagPredictor

PLAIN = "plain Keras, one by one"
OURS = "ours"
CALLS = {"1 photo a call": 1, "8 photos a call": 8}  # the gallery brings many at once
_BATCH, _VGG_BATCH = 64, 16
_BATCH_EDGE = 1024  # loading a batch of larger ones takes longer than all else
_EACH = 8  # photos that a call brings for each core
_CALLS = 160  # of which the stages are added up
_SIZE = (224, 224)

Measure = Callable[[dict[str, Callable[[], int]]], dict[str, float]]


def main() -> None:
    """Measure on the first so many cores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=_WHAT)
    parser.add_argument("--on", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--least", type=float, default=0.5, help="seconds of a turn")
    parser.add_argument("--edges", type=int, nargs="*", default=EDGES)
    parser.add_argument("--cpu-time", action="store_true", help="for a busy machine")
    given = parser.parse_args()
    on_cores(given.on)
    clock = time.process_time if given.cpu_time else time.perf_counter

    def take(works: dict[str, Callable[[], int]]) -> dict[str, float]:
        return measure(works, rounds=given.rounds, least_s=given.least, clock=clock)

    print(json.dumps(_WHAT[given.what](take, given.edges, given.on)))


def _decode(take: Measure, edges: Sequence[int], _: int) -> dict[int, dict[str, float]]:
    import keras

    def works(contents: Sequence[bytes], paths: Sequence[Path]) -> dict[str, Callable[[], int]]:
        def plain(data: bytes) -> None:
            with Image.open(io.BytesIO(data)) as image:
                image.convert("RGB").resize(_SIZE, Image.Resampling.BILINEAR)

        def load_img(path: Path) -> None:
            keras.utils.img_to_array(keras.utils.load_img(path, target_size=_SIZE))

        return {
            "Pillow, bilinear": lambda: sum(plain(data) is None for data in contents),
            "keras load_img": lambda: sum(load_img(path) is None for path in paths),
            OURS: lambda: len([open_image(data) for data in contents]),
        }

    answers = {}
    for edge in edges:
        contents = photos(edge)
        with _files(contents) as paths:
            answers[edge] = {"KB": np.mean([len(data) for data in contents]) / 1000}
            answers[edge] |= take(works(contents, paths))
    return answers


def _both(take: Measure, edges: Sequence[int], cores: int) -> dict[int, dict[str, float]]:
    """Tag and rating of each photo, by the shipped models."""
    artifacts = find(DEFAULT_TAGGER), find(DEFAULT_AESTHETIC)
    scorers = {
        OURS: open_local(PlainDecoder()),
        f"{OURS}, one model for both": open_local(PlainDecoder(), "duo-mobilenet"),
    }
    return _answer(take, edges, cores, artifacts, scorers)


def _vgg16(take: Measure, edges: Sequence[int], cores: int) -> dict[int, dict[str, float]]:
    """The same with a large tagger, in bf16 where the processor has it: nothing to judge here."""
    from stayrank_models.exporting import export_artifact
    from stayrank_models.tagger import build_tagger

    shipped = find(DEFAULT_TAGGER)
    facts = shipped.manifest.model_dump(exclude={"files", "precisions"})
    facts["architecture"] = {"backbone": "vgg16", "dropout": 0.2}
    with TemporaryDirectory() as folder:
        model = build_tagger("vgg16", len(shipped.manifest.outputs))
        tagger = export_artifact(model, Path(folder), facts, "# Random\n").offering("bf16")
        aesthetic = find(DEFAULT_AESTHETIC)
        pair = PairPredictor(TagPredictor(tagger), AestheticPredictor(aesthetic))
        scorer = LocalScorer(pair)
        return _answer(take, edges, cores, (tagger, aesthetic), {OURS: scorer}, _VGG_BATCH)


def _answer(
    take: Measure,
    edges: Sequence[int],
    cores: int,
    artifacts: tuple[Artifact, Artifact],
    scorers: Mapping[str, LocalScorer],
    batch: int = _BATCH,
) -> dict[int, dict[str, float]]:
    plain = _Plain(artifacts)

    def ours(scorer: LocalScorer, contents: Sequence[bytes]) -> int:
        inputs = [PhotoInput(str(n), contents[n % len(contents)]) for n in range(cores * _EACH)]
        return len(asyncio.run(scorer.score(inputs)).tags.results)

    def works(contents: Sequence[bytes], paths: Sequence[Path]) -> dict[str, Callable[[], int]]:
        many = [paths[number % len(paths)] for number in range(batch)]
        return {
            PLAIN: lambda: plain.one_by_one(paths[:2]),
            f"plain Keras, batches of {batch}": lambda: plain.batch(many),
            "tf.function, one by one": lambda: plain.function(paths),
            **{name: partial(ours, scorer, contents) for name, scorer in scorers.items()},
        }

    answers = {}
    for edge in edges:
        contents = photos(edge)
        with _files(contents) as paths:
            wanted = works(contents, paths)
            if edge > _BATCH_EDGE:
                del wanted[f"plain Keras, batches of {batch}"]
            answers[edge] = take(wanted)
    return answers


class _Plain:
    """What a program does that has Keras and nothing else."""

    def __init__(self, artifacts: Sequence[Artifact]) -> None:
        import keras
        import tensorflow as tf

        from stayrank_models.loading import load_model

        def load(path: Path) -> Any:  # noqa: ANN401 - Keras ships no types
            return keras.utils.img_to_array(keras.utils.load_img(path, target_size=_SIZE))

        self._load = load
        self._models = [load_model(artifact) for artifact in artifacts]
        signature = [tf.TensorSpec((1, *_SIZE, 3), tf.float32)]
        self._functions = [
            tf.function(lambda x, model=model: model(x, training=False), input_signature=signature)
            for model in self._models
        ]

    def one_by_one(self, paths: Sequence[Path]) -> int:
        for path in paths:
            for model in self._models:  # two programs: each loads the photo
                model.predict(self._load(path)[np.newaxis], verbose=0)
        return len(paths)

    def batch(self, paths: Sequence[Path]) -> int:
        for model in self._models:
            model.predict(np.stack([*map(self._load, paths)]), batch_size=len(paths), verbose=0)
        return len(paths)

    def function(self, paths: Sequence[Path]) -> int:
        for path in paths:
            for function in self._functions:
                function(self._load(path)[np.newaxis]).numpy()
        return len(paths)


def _single(take: Measure, edges: Sequence[int], cores: int) -> dict[int, dict[str, Any]]:
    """One model alone, as a service runs it, and its stages; what its answers take as JSON."""
    tagger, aesthetic = (
        TagPredictor(find(DEFAULT_TAGGER), threads=cores),
        AestheticPredictor(find(DEFAULT_AESTHETIC), threads=cores),
    )
    answers: dict[int, dict[str, Any]] = {}
    for edge in edges:
        photo = PhotoInput("0", photos(edge, 1)[0])
        tagged = TagResponse(model=tagger.info, results=tagger.predict([photo]))
        rated = AestheticResponse(model=aesthetic.info, results=aesthetic.predict([photo]))
        works: dict[str, Callable[[], int]] = {
            "JSON of a tag and its embedding": lambda told=tagged: _as_json(told),
            "JSON of a rating": lambda told=rated: _as_json(told),
        }
        for call, count in CALLS.items():
            inputs = [photo] * count
            works[f"/tag, {call}"] = lambda inputs=inputs: len(tagger.predict(inputs))
            works[f"/aesthetic, {call}"] = lambda inputs=inputs: len(aesthetic.predict(inputs))
        answers[edge] = take(works)
        with listening() as laps:
            for _ in range(_CALLS):
                tagger.predict([photo])
        spent = totals(lap for lap in laps if lap.stage != "queue")
        answers[edge]["stages"] = {
            stage: 1000 * seconds / _CALLS for stage, seconds in spent.items()
        }
    return answers


def _as_json(response: TagResponse | AestheticResponse) -> int:
    response.model_dump_json()
    return len(response.results)


@contextmanager
def _files(contents: Sequence[bytes]) -> Iterator[list[Path]]:
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.jpg" for number in range(len(contents))]
        for path, content in zip(paths, contents, strict=True):
            path.write_bytes(content)
        yield paths


_WHAT = {"decode": _decode, "both": _both, "vgg16": _vgg16, "single": _single}


if __name__ == "__main__":
    main()
