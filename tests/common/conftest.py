import pytest


class Clock:
    """A clock that stands still until it is told how late it is."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="session")
def new_clock() -> type[Clock]:
    """Make a clock for each example of a property."""
    return Clock


@pytest.fixture
def clock(new_clock) -> Clock:
    return new_clock()
