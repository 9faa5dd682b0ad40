"""How much a caller may have, and how soon again."""

from __future__ import annotations

import math
import time
from collections.abc import Callable


class TokenBucket:
    """Fills at a steady rate up to a brim, and is drawn from.

    It is this process's: a caller of two processes has twice as much.

    Args:
        rate: Tokens a second, above 0.
        burst: Tokens of the full bucket.
        clock: Seconds of some clock that never goes back.

    Reference:
        Turner, "New Directions in Communications", IEEE Communications Magazine 24(10), 1986.
    """

    def __init__(
        self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._tokens, self._filled_at = float(burst), clock()

    def __eq__(self, other: object) -> bool:
        """Whether both are of the same make, however full."""
        if not isinstance(other, TokenBucket):
            return NotImplemented
        return (self._rate, self._burst) == (other._rate, other._burst)

    def __hash__(self) -> int:
        return hash((self._rate, self._burst))

    def take(self, tokens: int) -> int:
        """Draw tokens, all or none.

        More than `burst` are granted once the bucket is full, and paid back as it fills again.

        Returns:
            0 where they were granted; otherwise the seconds to wait for them, rounded up.
        """
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now
        missing = min(tokens, self._burst) - self._tokens
        if missing > 0:
            return math.ceil(missing / self._rate)
        self._tokens -= tokens
        return 0
