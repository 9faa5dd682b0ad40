"""A budget for second tries."""

from __future__ import annotations

_CALLS = 10  # that pay for a second try
_AT_ONCE = 10  # second tries


class RetryBudget:
    """Allows one second try for ten calls, and ten at once after quiet times.

    Without a budget every call to a service that breaks down is made twice, just when it can bear
    the least (Beyer et al., "Site Reliability Engineering", chapter 21).
    """

    def __init__(self) -> None:
        self._paid = _CALLS * _AT_ONCE  # calls

    def called(self) -> None:
        """Tell that a call is made for the first time."""
        self._paid = min(_CALLS * _AT_ONCE, self._paid + 1)

    def spend(self) -> bool:
        """Whether another try is allowed; it then counts as made."""
        if self._paid < _CALLS:
            return False
        self._paid -= _CALLS
        return True
