"""When an answer stops being of use: the deadline of a call, through the context of the call.

A caller says how many milliseconds it will wait; each service hands on what is left of them. The
time is relative, as in gRPC's `grpc-timeout` and Envoy's `x-envoy-expected-rq-timeout-ms`, so that
no two clocks have to agree.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

REQUEST_TIMEOUT = "X-Request-Timeout-Ms"
_deadline: ContextVar[float] = ContextVar("deadline", default=math.inf)


@contextmanager
def due_in(seconds: float) -> Iterator[None]:
    """Set a deadline for what is done inside; an earlier one from outside stays in force.

    >>> with due_in(60), due_in(3600):
    ...     remaining_s() <= 60
    True
    >>> remaining_s()
    inf
    """
    token = _deadline.set(min(_deadline.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _deadline.reset(token)


def remaining_s() -> float:
    """Seconds until nobody waits any more; 0 or less where nobody does, infinite without limit."""
    return _deadline.get() - time.monotonic()
