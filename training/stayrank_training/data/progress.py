"""Where progress bars go: stderr, so that answers on stdout can be piped."""

from __future__ import annotations

from rich.console import Console


def on_stderr() -> Console:
    """The console for progress bars."""
    return Console(stderr=True)
