"""What can be wrong with a call, whatever it brings: a branch of the tree in `errors`.

RequestError
├── SlowBodyError
├── UnauthorizedError     a key is needed
└── RateLimitError        a key has used up its photos for now
"""

from __future__ import annotations

from stayrank_common.errors import RequestError


class SlowBodyError(RequestError):
    """The body comes too slowly, or stays away.

    Args:
        total_s: Seconds that it may take in all.
        idle_s: Seconds in which at least something must come.
    """

    def __init__(self, total_s: float, idle_s: float) -> None:
        super().__init__(
            f"the body must come within {total_s:g} s, without a pause of {idle_s:g} s; "
            "send fewer photos a call"
        )
        self.total_s, self.idle_s = total_s, idle_s


class UnauthorizedError(RequestError):
    """The call brings no key, or one that is not known."""

    def __init__(self) -> None:
        super().__init__("send a known key: `Authorization: Bearer …`")


class RateLimitError(RequestError):
    """The caller has had all that its key allows for now.

    Args:
        retry_after_s: Seconds after which another try makes sense.
    """

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"this key may send more photos in {retry_after_s} s")
        self.retry_after_s = retry_after_s
