"""How nice threads are to others: on Linux each has a niceness, which what it starts inherits."""

from __future__ import annotations

import os


def niceness() -> int:
    """Return that of this thread, from -20 to 19."""
    return os.getpriority(os.PRIO_PROCESS, 0)


def be_as_nice_as(least: int) -> None:
    """Make this thread at least so nice; it stays nicer where it is, as few may take that back."""
    os.setpriority(os.PRIO_PROCESS, 0, max(least, niceness()))
