"""A budget for second tries."""

from __future__ import annotations

_A_CALL = 0.1
_AT_ONCE = 10.0


class RetryBudget:
    """Allows one second try for ten calls, and ten at once after quiet times.

    Without a budget every call to a service that breaks down is made twice, just when it can bear
    the least (Beyer et al., "Site Reliability Engineering", chapter 21).
    """

    def __init__(self) -> None:
        self._left = _AT_ONCE

    def called(self) -> None:
        """Tell that a call is made for the first time."""
        self._left = min(_AT_ONCE, self._left + _A_CALL)

    def spend(self) -> bool:
        """Whether another try is allowed; it then counts as made."""
        if self._left < 1:
            return False
        self._left -= 1
        return True
