"""From photos to answers: decode, run the engine, calibrate, describe.

The services and the command line both call these, so that they cannot disagree.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from itertools import islice
from typing import Generic, Self, TypeVar

import numpy as np

from stayrank_common.decoding.decoder import Decoder, PlainDecoder
from stayrank_common.errors import PhotoError
from stayrank_common.images import Photo
from stayrank_common.inputs import PhotoInput
from stayrank_common.niceness import be_as_nice_as, niceness
from stayrank_common.schemas import (
    AestheticResult,
    ErrorBody,
    ModelDescription,
    ModelInfo,
    PhotoFailure,
    TagResult,
)
from stayrank_common.stages import listening, record, timed
from stayrank_models.answers import aesthetic_results, tag_results
from stayrank_models.artifacts import Artifact
from stayrank_models.engines import STOP, Engine, Outputs, open_engine
from stayrank_models.engines.part import PartEngine
from stayrank_models.manifests import DUO_TASKS, Task
from stayrank_models.waiting import Chunk, Waiting, in_pieces

Result = TypeVar("Result", TagResult, AestheticResult)
Item = TypeVar("Item")
Done = TypeVar("Done")
# Per thread: enough that a slow photo leaves none idle, and little that small calls wait for.
_CHUNKS_AHEAD = 2


class _StoppedError(Exception):
    """Nobody waits for the work any more."""


class Predictor(ABC, Generic[Result]):
    """Runs one model over photos, on all cores.

    Args:
        artifact: The model: its labels, preprocessing and calibration.
        engine: Its runtime; by default the best that is installed.
        decoder: Opens the photos; by default this process does.
        threads: Photos at the same time; 0 means one a core.

    Raises:
        ArtifactError: If the artifact does not fit the task.
    """

    task: Task

    def __init__(
        self,
        artifact: Artifact,
        engine: Engine | None = None,
        decoder: Decoder | None = None,
        threads: int = 0,
    ) -> None:
        self.artifact = artifact.part(self.task)
        threads = threads or len(os.sched_getaffinity(0))
        self.engine = engine or open_engine(artifact, threads=threads)
        if artifact.manifest.task != self.task:  # it gives both answers
            sizes = artifact.manifest.distributions
            self.engine = PartEngine(self.engine, sizes, DUO_TASKS.index(self.task))
        self.decoder = decoder or PlainDecoder()
        self._threads = threads
        self._pool = ThreadPoolExecutor(
            threads,
            thread_name_prefix=self.task,
            initializer=be_as_nice_as,  # who opens this, whoever starts them
            initargs=(niceness(),),
        )
        self._waiting: Waiting[Result] = Waiting(threads)

    @classmethod
    def open(
        cls,
        artifact: Artifact,
        decoder: Decoder,
        threads: int = 0,
        load: Callable[[Artifact], Engine] = open_engine,
    ) -> Self:
        """Start a decoder, and load an artifact into a runtime, which takes longer."""
        threads = threads or len(os.sched_getaffinity(0))
        decoder.start(threads)
        return cls(artifact, load(artifact), decoder, threads)

    @property
    def info(self) -> ModelInfo:
        """The model that answers."""
        return self.artifact.info

    def predict(
        self, photos: Iterable[PhotoInput], stop: threading.Event | None = None
    ) -> list[Result | PhotoFailure]:
        """Look at photos.

        Args:
            photos: What to look at.
            stop: Once set, the rest is not looked at: nobody waits for it any more.

        Returns:
            One result a photo, in the order of `photos`; a photo that cannot be used gives a
            failure and affects no other.
        """
        return list(self.stream(photos, stop))

    async def answers(
        self, photos: Sequence[PhotoInput], stop: threading.Event | None = None
    ) -> list[Result | PhotoFailure]:
        """As `predict`, for event loops: no thread waits for the others."""
        slots = asyncio.Semaphore(self._threads * _CHUNKS_AHEAD)

        async def look(chunk: Sequence[PhotoInput]) -> list[Result | PhotoFailure]:
            async with slots:
                return await asyncio.wrap_future(self._begin(chunk, stop))

        parts = await asyncio.gather(*map(look, self._chunks(photos)))
        return [result for part in parts for result in part]

    def stream(
        self, photos: Iterable[PhotoInput], stop: threading.Event | None = None
    ) -> Iterator[Result | PhotoFailure]:
        """Look at any number of photos, giving each result as soon as it is its turn."""
        chunks = self._chunks(photos)
        for results in self._in_order(lambda chunk: self._begin(chunk, stop), chunks, stop):
            yield from results

    def _chunks(self, photos: Iterable[PhotoInput]) -> Iterator[list[PhotoInput]]:
        size = self.engine.batch_size
        if isinstance(photos, Sized):  # few are shared by all threads
            size = min(size, -(-len(photos) // self._threads))
        return in_pieces(photos, size)

    def _begin(
        self, photos: Sequence[PhotoInput], stop: threading.Event | None
    ) -> Future[list[Result | PhotoFailure]]:
        chunk = Chunk[Result](photos, stop)
        self._waiting.add(chunk)
        self._pool.submit(self._look)
        return chunk.results

    def on_threads(
        self,
        work: Callable[[Item], Done],
        items: Iterable[Item],
        stop: threading.Event | None = None,
    ) -> Iterator[Done]:
        """Do work on the threads of this predictor, in order and only so far ahead.

        Args:
            work: What to do with an item.
            items: Any number of them.
            stop: Once set, the rest is not done.
        """
        return self._in_order(lambda item: self._submit(work, item, stop), items, stop)

    def _in_order(
        self,
        begin: Callable[[Item], Future[Done]],
        items: Iterable[Item],
        stop: threading.Event | None,
    ) -> Iterator[Done]:
        remaining = iter(items)
        waiting = [begin(item) for item in islice(remaining, self._threads * _CHUNKS_AHEAD)]
        try:
            while waiting and not (stop and stop.is_set()):
                done = waiting.pop(0).result()
                waiting += [begin(item) for item in islice(remaining, 1)]
                yield done
        except _StoppedError:  # while this waited for its thread
            return
        finally:  # an error, or nobody wants the rest
            for future in waiting:
                future.cancel()

    def _submit(
        self, work: Callable[[Item], Done], item: Item, stop: threading.Event | None
    ) -> Future[Done]:
        """Hand work to a thread, in the context of the call that it is for."""
        since = time.perf_counter()

        def start() -> Done:
            _begin(stop, since)
            STOP.set(stop)
            return work(item)

        return self._pool.submit(copy_context().run, start)

    def describe(self) -> ModelDescription:
        """Return the model's manifest, card and engine."""
        return ModelDescription(
            model=self.info,
            manifest=self.artifact.manifest.model_dump(mode="json"),
            engine=self.engine.description,
            card=self.artifact.card(),
        )

    def close(self) -> None:
        """Release the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._waiting.cancel()
        self._pool.shutdown()

    def _look(self) -> None:
        """Look at photos that wait, of one call or of several; each call gets its own errors."""
        taken = self._waiting.take(self.engine.batch_size)
        chunks = [chunk for chunk in taken if self._decode_chunk(chunk)]
        usable = [photo for chunk in chunks for photo in chunk.usable]
        STOP.set(chunks[0].stop if len(chunks) == 1 else None)  # several do not leave as one
        try:
            with listening() as laps:
                answers = iter(self.answer(usable) if usable else ())
            for chunk in chunks:
                chunk.answer(answers, laps)
        except BaseException as error:  # whatever it is, the callers get it, as of any future
            for chunk in chunks:
                chunk.fail(error)

    def _decode_chunk(self, chunk: Chunk[Result]) -> bool:
        """Decode photos in the context of their call; returns whether that succeeds."""

        def decode() -> None:
            _begin(chunk.stop, chunk.since)
            chunk.decoded = [self.decode(photo) for photo in chunk.photos]

        try:
            chunk.context.run(decode)
        except BaseException as error:  # likewise, the caller of this one
            chunk.fail(error)
            return False
        return True

    def decode(self, photo: PhotoInput) -> Photo | PhotoFailure:
        """Decode a photo into the input of the model."""
        try:
            if isinstance(photo.source, PhotoError):
                raise photo.source
            with timed("decode"):
                return self.decoder.open_image(photo.source, self.artifact.manifest.preprocessing)
        except PhotoError as error:
            return PhotoFailure(id=photo.id, error=ErrorBody.of(error))

    def infer(self, photos: Sequence[tuple[str, Photo]]) -> Outputs:
        """Run the engine over decoded photos."""
        with timed("predict", len(photos)):
            return self.engine.predict(np.stack([photo.pixels for _, photo in photos]))

    @abstractmethod
    def answer(self, photos: Sequence[tuple[str, Photo]]) -> list[Result]:
        """Describe decoded photos, each with its id."""


class TagPredictor(Predictor[TagResult]):
    """Names the area that each photo shows."""

    task = "tagging"

    def answer(self, photos: Sequence[tuple[str, Photo]]) -> list[TagResult]:
        """See `Predictor.answer`."""
        return tag_results(self.artifact.manifest, photos, self.infer(photos))


class AestheticPredictor(Predictor[AestheticResult]):
    """Predicts how people would rate each photo."""

    task = "aesthetics"

    def answer(self, photos: Sequence[tuple[str, Photo]]) -> list[AestheticResult]:
        """See `Predictor.answer`."""
        return aesthetic_results(self.artifact.manifest, photos, self.infer(photos))


def _begin(stop: threading.Event | None, since: float) -> None:
    """Tell how long work had to wait for its thread, if anybody waits for it."""
    if stop and stop.is_set():
        raise _StoppedError
    record("queue", time.perf_counter() - since)
