"""Photos that wait for a thread, and which of them are looked at together.

Nobody waits for company: a thread that is free takes what is there, of one call or of several.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from concurrent.futures import Future
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeVar

from stayrank_common.images import Photo
from stayrank_common.stages import Lap, record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from stayrank_common.inputs import PhotoInput
    from stayrank_common.schemas import PhotoFailure

Answer = TypeVar("Answer")


@dataclass(slots=True, eq=False)
class Chunk(Generic[Answer]):
    """Some photos of a call.

    Args:
        photos: At least one.
        stop: Once set, nobody waits for them any more.
        results: One a photo, in order.
        context: Of the call.
        since: When they began to wait, by `time.perf_counter`.
        decoded: The photos, once they are.
    """

    photos: Sequence[PhotoInput]
    stop: threading.Event | None
    results: Future[list[Answer | PhotoFailure]] = field(default_factory=Future)
    context: Context = field(default_factory=copy_context)
    since: float = field(default_factory=time.perf_counter)
    decoded: list[Photo | PhotoFailure] = field(default_factory=list)

    @property
    def usable(self) -> list[tuple[str, Photo]]:
        """The photos that were decoded, each with its id."""
        pairs = zip(self.photos, self.decoded, strict=True)
        return [(photo.id, image) for photo, image in pairs if isinstance(image, Photo)]

    def answer(self, answers: Iterator[Answer], laps: Iterable[Lap]) -> None:
        """Take the answers about the usable photos, and these photos' share of laps."""
        count = len(self.usable)
        for lap in laps if count else ():
            self.context.run(record, lap.stage, lap.seconds * count / lap.photos, count)
        self.results.set_result(
            [next(answers) if isinstance(image, Photo) else image for image in self.decoded]
        )

    def fail(self, error: BaseException) -> None:
        """Tell who still waits for the results why there are none."""
        if not self.results.done():
            self.results.set_exception(error)


class Waiting(Generic[Answer]):
    """A queue of chunks.

    Args:
        threads: How many take from it.
    """

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._chunks: deque[Chunk[Answer]] = deque()
        self._lock = threading.Lock()

    def add(self, chunk: Chunk[Answer]) -> None:
        """Let a chunk wait."""
        with self._lock:
            self._chunks.append(chunk)

    def take(self, most: int) -> list[Chunk[Answer]]:
        """Take the first chunk, and of those behind it what leaves the other threads their share.

        Args:
            most: Photos that are worth being looked at together.

        Returns:
            The chunks that still want to be looked at.
        """
        taken: list[Chunk[Answer]] = []
        with self._lock:
            waiting = sum(len(chunk.photos) for chunk in self._chunks)
            room = min(most, -(-waiting // self._threads))
            while self._chunks and (not taken or len(self._chunks[0].photos) <= room):
                taken.append(self._chunks.popleft())
                room -= len(taken[-1].photos)
        return [chunk for chunk in taken if chunk.results.set_running_or_notify_cancel()]

    def cancel(self) -> None:
        """Let nobody wait any longer."""
        with self._lock:
            while self._chunks:
                self._chunks.popleft().results.cancel()


def in_pieces(photos: Iterable[PhotoInput], size: int) -> Iterator[list[PhotoInput]]:
    """Part any number of photos into lists of so many, reading no further than asked."""
    iterator = iter(photos)
    for first in iterator:
        yield [first, *islice(iterator, size - 1)]
