import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from stayrank_common.decoding.pool import DecoderPool


@pytest.fixture(scope="session")
def evil_command() -> tuple[str, ...]:
    """Starts a worker that does what a photo says."""
    return (sys.executable, str(Path(__file__).with_name("evil_worker.py")))


@pytest.fixture
def deaths() -> Counter[str]:
    """How many workers of the pools of a test died, by reason."""
    return Counter()


@pytest.fixture
def evil_pool(evil_command, deaths) -> Iterator[Callable[..., DecoderPool]]:
    """Make pools of workers that do what a photo says: `evil_pool(workers=2, seconds=1)`."""
    with ExitStack() as pools:

        def make(workers: int = 1, seconds: float = 30) -> DecoderPool:
            pool = DecoderPool(
                workers=workers,
                seconds=seconds,
                on_death=lambda reason: deaths.update([reason]),
                command=evil_command,
            )
            return pools.enter_context(pool)

        yield make
