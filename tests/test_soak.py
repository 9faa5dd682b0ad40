"""Calls leave nothing behind. `make soak` sees to it over 200,000."""

import gc
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

CALLS = 60


@pytest.fixture
def unheard() -> Iterator[None]:
    """Nothing is logged: pytest keeps what is."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def call(clients, picture):
    """One call of every kind: photos, a broken one among them, none at all, and a late one."""
    photos = [("files", (f"{n}.jpg", picture(n))) for n in range(3)]
    broken = ("files", ("broken.jpg", b"no photo"))

    def call() -> list[int]:
        client = clients["gallery"]
        late = {"X-Request-Timeout-Ms": "0"}
        return [
            client.post("/rank-gallery", files=[*photos, broken]).status_code,
            client.post("/rank-gallery", files=[broken]).status_code,
            client.post("/rank-gallery", content=b"").status_code,
            client.post("/rank-gallery", files=photos, headers=late).status_code,
            clients["tagger"].post("/tag", files=photos).status_code,
        ]

    return call


def state() -> tuple[int, int, int]:
    """Descriptors, threads and objects."""
    gc.collect()
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    return descriptors, threading.active_count(), len(gc.get_objects())


def test_calls_leave_no_descriptor_thread_or_object_behind(unheard, call):
    for _ in range(CALLS // 2):  # caches and pools fill
        assert call() == [200, 422, 415, 503, 200]
    descriptors, threads, objects = state()
    for _ in range(CALLS):
        call()

    more_descriptors, more_threads, more_objects = state()

    assert more_descriptors <= descriptors
    assert more_threads <= threads + 2  # pools that wait may still grow
    assert more_objects - objects < CALLS  # not one a call
