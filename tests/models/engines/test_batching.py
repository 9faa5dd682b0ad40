import threading
import time
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextvars import copy_context

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stayrank_common.errors import BusyError
from stayrank_models.engines import STOP, FakeEngine
from stayrank_models.engines.batching import BatchingEngine


class GatedEngine(FakeEngine):
    """A fake that runs a batch only when it is let, and refuses white photos."""

    def __init__(self):
        super().__init__(8)
        self.gate = threading.Semaphore(0)
        self.started = threading.Semaphore(0)
        self.batches: list[np.ndarray] = []

    def predict(self, batch, *, feature_map=False):
        self.batches.append(batch)
        self.started.release()
        self.gate.acquire()
        if (batch == 255).any():
            raise ValueError("white")
        return super().predict(batch, feature_map=feature_map)

    def open(self):
        for _ in range(100):
            self.gate.release()


@pytest.fixture
def gated():
    engine = GatedEngine()
    yield engine
    engine.open()  # a test that failed must not leave threads behind


@pytest.fixture
def pool():
    with ThreadPoolExecutor(16) as threads:
        yield threads


def photo(value: int, count: int = 1) -> np.ndarray:
    return np.full((count, 4, 4, 3), value, np.uint8)


def wait_until(condition):
    """Threads take their time to get where they wait."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def queue_behind_the_first(engine, gated, pool, calls, stop=None):
    """Occupy the engine with one photo, then let calls queue one after the other."""
    futures = [pool.submit(engine.predict, photo(0))]
    gated.started.acquire()
    for number, values in enumerate(calls, 1):
        context = copy_context()
        context.run(STOP.set, stop if number == 1 else None)
        futures.append(pool.submit(context.run, engine.predict, values))
        wait_until(lambda n=number: len(engine._waiting) == n)
    return futures


@given(sizes=st.lists(st.integers(1, 6), min_size=1, max_size=12))
@settings(max_examples=25)
def test_each_caller_gets_its_own_answers_in_its_own_order(sizes):
    rng = np.random.default_rng(0)
    calls = [rng.integers(0, 255, (size, 4, 4, 3), dtype=np.uint8) for size in sizes]
    engine = BatchingEngine(FakeEngine(8))

    with ThreadPoolExecutor(len(sizes)) as threads:
        found = list(threads.map(lambda call: engine.predict(call, feature_map=True), calls))

    for call, outputs in zip(calls, found, strict=True):
        alone = FakeEngine(8).predict(call, feature_map=True)
        for name in ("probabilities", "embedding", "feature_map"):
            np.testing.assert_allclose(getattr(outputs, name), getattr(alone, name), atol=1e-6)


def test_what_queues_while_the_engine_is_busy_runs_together_first_come_first_served(gated, pool):
    engine = BatchingEngine(gated)

    futures = queue_behind_the_first(engine, gated, pool, [photo(v) for v in (1, 2, 3, 4, 5)])
    gated.open()

    for future in futures:
        future.result(timeout=20)
    assert [batch[:, 0, 0, 0].tolist() for batch in gated.batches] == [[0], [1, 2, 3, 4], [5]]


def test_an_idle_engine_lets_nobody_wait_for_company(gated):
    gated.open()

    BatchingEngine(gated).predict(photo(1))

    assert [len(batch) for batch in gated.batches] == [1]


def test_a_call_larger_than_a_batch_runs_alone(gated, pool):
    engine = BatchingEngine(gated)

    futures = queue_behind_the_first(engine, gated, pool, [photo(1, 9), photo(2)])
    gated.open()

    assert [len(future.result(timeout=20).probabilities) for future in futures] == [1, 9, 1]
    assert [len(batch) for batch in gated.batches] == [1, 9, 1]


def test_a_cancelled_call_leaves_the_queue(gated, pool):
    engine = BatchingEngine(gated)
    stop = threading.Event()

    futures = queue_behind_the_first(engine, gated, pool, [photo(1), photo(2)], stop)
    stop.set()
    gated.open()

    with pytest.raises(CancelledError):
        futures[1].result(timeout=20)
    futures[2].result(timeout=20)
    assert [batch[:, 0, 0, 0].tolist() for batch in gated.batches] == [[0], [2]]


def test_an_error_reaches_only_its_caller(gated, pool):
    engine = BatchingEngine(gated)

    futures = queue_behind_the_first(engine, gated, pool, [photo(1), photo(255), photo(2)])
    gated.open()

    with pytest.raises(ValueError, match="white"):
        futures[2].result(timeout=20)
    for index in (0, 1, 3):
        assert len(futures[index].result(timeout=20).probabilities) == 1


def test_after_an_error_the_engine_goes_on(gated):
    engine = BatchingEngine(gated)
    gated.open()

    with pytest.raises(ValueError, match="white"):
        engine.predict(photo(255))

    assert len(engine.predict(photo(1)).probabilities) == 1


def test_a_full_queue_refuses_instead_of_growing(gated, pool):
    engine = BatchingEngine(gated, max_waiting=2)

    futures = queue_behind_the_first(engine, gated, pool, [photo(1), photo(2)])
    with pytest.raises(BusyError):
        engine.predict(photo(3))
    gated.open()

    for future in futures:
        future.result(timeout=20)


def test_it_describes_itself_as_the_engine_that_runs():
    engine = BatchingEngine(FakeEngine(8))

    assert engine.description == FakeEngine(8).description
    assert engine.batch_size == 1  # a quarter of the fake's four
