"""A picture for the documentation pages, so that `/docs` can be tried at once."""

from __future__ import annotations

# An 8 × 8 blue PNG, base64.
EXAMPLE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAFUlEQVR42mOsWHCCARtgYsABBqcEAHoHAfCY5IuSAAAA"
    "AElFTkSuQmCC"
)
