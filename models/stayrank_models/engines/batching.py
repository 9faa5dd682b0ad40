"""Gathers the predictions of several threads into batches, for engines whose batches pay.

Nobody waits for a batch to fill. While the engine is busy, calls queue; whoever finds it idle runs
what has queued, and wakes the callers with their answers. So an idle engine answers a single photo
at once, and a busy one gets batches that are the larger the more there is to do.
"""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from stayrank_common.errors import BusyError
from stayrank_models.engines.base import Engine, Outputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# Set for the thread of a call: an event that tells that nobody waits for its answer any more.
STOP: ContextVar[threading.Event | None] = ContextVar("stop", default=None)
_WAITING_BATCHES = 16


@dataclass(slots=True, eq=False)
class _Call:
    """A prediction that waits; `outcome` is set once it is over."""

    photos: NDArray[np.uint8]
    feature_map: bool
    stop: threading.Event | None = field(default_factory=STOP.get)
    outcome: Outputs | BaseException | None = None

    @property
    def cancelled(self) -> bool:
        return self.stop is not None and self.stop.is_set()


class BatchingEngine:
    """Runs another engine, several calls at once.

    Args:
        engine: What runs the batches, one at a time.
        max_waiting: Photos that may wait; by default sixteen batches.
    """

    def __init__(self, engine: Engine, max_waiting: int = 0) -> None:
        self._engine = engine
        self._max_waiting = max_waiting or _WAITING_BATCHES * engine.batch_size
        self._waiting: list[_Call] = []
        self._busy = False
        self._changed = threading.Condition()

    @property
    def description(self) -> dict[str, str]:
        """Of the engine that runs the batches."""
        return self._engine.description

    @property
    def batch_size(self) -> int:
        """A quarter of a batch: so much is decoded in one thread, and threads fill batches."""
        return max(1, self._engine.batch_size // 4)

    def predict(self, batch: NDArray[np.uint8], *, feature_map: bool = False) -> Outputs:
        """Run the model; see `Engine.predict`.

        Raises:
            BusyError: If too many photos are waiting.
            concurrent.futures.CancelledError: If `STOP` was set before it was the photos' turn.
        """
        call = _Call(batch, feature_map)
        with self._changed:
            if sum(len(waiting.photos) for waiting in self._waiting) >= self._max_waiting:
                raise BusyError
            self._waiting.append(call)
        while call.outcome is None:
            self._take_part(call)
        if isinstance(call.outcome, BaseException):
            raise call.outcome
        return call.outcome

    def channel_weights(
        self, feature_maps: NDArray[np.float32], directions: NDArray[np.floating]
    ) -> NDArray[np.float32]:
        """What each channel means; see `Engine.channel_weights`."""
        return self._engine.channel_weights(feature_maps, directions)

    def _take_part(self, call: _Call) -> None:
        """Wait until a call is over, or the engine is idle; then run what has queued."""
        with self._changed:
            self._changed.wait_for(lambda: call.outcome is not None or not self._busy)
            if call.outcome is not None:
                return
            self._busy = True
            calls = self._next()
        try:
            if calls:
                self._run(calls)
        finally:
            with self._changed:
                for lost in calls:  # of a thread that was interrupted
                    lost.outcome = lost.outcome or CancelledError()
                self._busy = False
                self._changed.notify_all()

    def _next(self) -> list[_Call]:
        """Take the first calls that fit into a batch; those that were cancelled leave."""
        for call in self._waiting:
            if call.cancelled:
                call.outcome = CancelledError()
        live = [call for call in self._waiting if call.outcome is None]
        counts = np.cumsum([len(call.photos) for call in live])
        fitting = max(1, int(np.searchsorted(counts, self._engine.batch_size, side="right")))
        self._waiting = live[fitting:]
        return live[:fitting]

    def _run(self, calls: Sequence[_Call]) -> None:
        """Run calls together; where that fails each alone, so that an error is its caller's."""
        try:
            outputs = self._predict(calls)
        except Exception as error:  # whatever it is, the callers get it
            if len(calls) == 1:
                calls[0].outcome = error
                return
            for call in calls:
                self._run([call])
            return
        start = 0
        for call in calls:
            call.outcome = _part(outputs, slice(start, start + len(call.photos)), call.feature_map)
            start += len(call.photos)

    def _predict(self, calls: Sequence[_Call]) -> Outputs:
        if len(calls) == 1:
            return self._engine.predict(calls[0].photos, feature_map=calls[0].feature_map)
        photos = np.concatenate([call.photos for call in calls])
        return self._engine.predict(photos, feature_map=any(call.feature_map for call in calls))


def _part(outputs: Outputs, rows: slice, feature_map: bool) -> Outputs:
    maps = outputs.feature_map[rows] if feature_map and outputs.feature_map is not None else None
    return Outputs(outputs.probabilities[rows], outputs.embedding[rows], maps)
