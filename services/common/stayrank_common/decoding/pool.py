"""A pool of workers that are replaced when photos kill them."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

from stayrank_common.decoding.decoder import Decoder
from stayrank_common.decoding.pixels import Photo, PhotoLimits, Wanted
from stayrank_common.decoding.process import COMMAND, DeathError, DeathReason, Worker
from stayrank_common.errors import DecoderUnavailableError, LethalPhotoError

logger = logging.getLogger(__name__)

_LETHAL_DEATHS = 2
_REMEMBERED = 10_000  # lethal photos, by hash


class DecoderPool(Decoder):
    """Decodes in other processes, of which a photo can kill one and no more.

    A worker's death fails the photo that it was at, which is not tried again; a photo that did so
    twice is refused by its SHA-256. Callers wait for a worker in their own threads, and a further
    worker is started only where all others are busy.

    Args:
        limits: What a photo may cost.
        workers: Photos at the same time, at most; 0 means one a core.
        seconds: Of the processor that a photo may take.
        on_death: Told why a worker died, once it has been replaced.
        command: What to start as a worker.
    """

    def __init__(
        self,
        limits: PhotoLimits | None = None,
        workers: int = 0,
        seconds: float = 0.8,
        on_death: Callable[[DeathReason], None] = lambda _: None,
        command: Sequence[str] = COMMAND,
    ) -> None:
        super().__init__(limits)
        self._workers = workers or len(os.sched_getaffinity(0))
        self._seconds, self._on_death, self._command = seconds, on_death, command
        self._free: list[Worker | None] = [None] * self._workers  # None: it has not been started
        self._places = threading.Semaphore(self._workers)
        self._deaths: OrderedDict[bytes, int] = OrderedDict()
        self._lock = threading.Lock()  # of `_free` and `_deaths`
        self._closed = False

    def start(self, photos: int = 1) -> None:
        """See `Decoder.start`."""
        slots = [self._take() for _ in range(min(photos, self._workers))]
        try:
            for n, slot in enumerate(slots):
                slots[n] = slot or self._new_worker()
        finally:
            for slot in slots:
                self._give_back(slot)

    def close(self) -> None:
        """Stop the workers, each when it is done with its photo."""
        self._closed = True
        for worker in [self._take() for _ in range(self._workers)]:
            if worker:
                worker.stop()
            self._give_back(None)

    def _decode(self, data: bytes, wanted: Wanted) -> Photo:
        """See `Decoder`.

        Raises:
            LethalPhotoError: A worker died of it, or several have before.
            DecoderUnavailableError: No worker can be started.
        """
        self._refuse_lethal(data)
        slot = self._take()
        try:
            slot = self._living(slot)
            return slot.ask(data, wanted)
        except DeathError as death:
            self._blame(data)
            slot = self._replaced(death.reason)
            raise LethalPhotoError(f"decoding it ended a decoder ({death.reason})") from death
        finally:
            self._give_back(slot)

    def _take(self) -> Worker | None:
        """Wait for a free worker: one that is ready before one that starts, before none."""
        self._places.acquire()
        with self._lock:
            slot = max(self._free, key=lambda free: (free is not None, bool(free and free.ready)))
            self._free.remove(slot)
        return slot

    def _give_back(self, slot: Worker | None) -> None:
        with self._lock:
            self._free.append(slot)
        self._places.release()

    def _living(self, slot: Worker | None) -> Worker:
        if self._closed:
            raise DecoderUnavailableError("the service is stopping")
        if slot and slot.is_alive:
            return slot
        if slot:
            slot.stop()
            self._tell("idle")
        return self._new_worker()

    def _replaced(self, reason: DeathReason) -> Worker | None:
        try:
            return self._new_worker()
        except DecoderUnavailableError as error:  # the next photo tries again, and tells its caller
            logger.error("a decoder cannot be replaced: %s", error)  # noqa: TRY400 - said in a line
            return None
        finally:
            self._tell(reason)

    def _new_worker(self) -> Worker:
        return Worker(self.limits, self._seconds, self._command)

    def _tell(self, reason: DeathReason) -> None:
        logger.warning("a decoder died (%s) and was replaced", reason)
        self._on_death(reason)

    def _blame(self, data: bytes) -> None:
        digest = hashlib.sha256(data).digest()
        with self._lock:
            self._deaths[digest] = self._deaths.pop(digest, 0) + 1
            while len(self._deaths) > _REMEMBERED:
                self._deaths.popitem(last=False)

    def _refuse_lethal(self, data: bytes) -> None:
        if not self._deaths:  # nothing to look up: no hash for nothing
            return
        digest = hashlib.sha256(data).digest()
        with self._lock:
            deaths = self._deaths.get(digest, 0)
        if deaths >= _LETHAL_DEATHS:
            raise LethalPhotoError(f"it has ended {_LETHAL_DEATHS} decoders and is not tried again")
