"""A call as a whole cannot be used."""

from __future__ import annotations

from stayrank_common.errors.base import StayRankError


class RequestError(StayRankError):
    """The request as a whole cannot be used."""


class NoPhotosError(RequestError):
    """There is not a single photo."""


class TooManyPhotosError(RequestError):
    """More photos than one call may bring.

    Args:
        limit: How many are allowed.
    """

    def __init__(self, limit: int) -> None:
        photos = "1 photo" if limit == 1 else f"{limit:,} photos"
        super().__init__(f"one call takes at most {photos}; send the rest in further calls")
        self.limit = limit


class DuplicateIdError(RequestError):
    """Two photos carry the same id, so that answers could not be told apart.

    Args:
        photo_id: The id that occurs twice.
    """

    def __init__(self, photo_id: str) -> None:
        super().__init__(f"two photos have the id {photo_id!r}; give each photo its own")
        self.photo_id = photo_id


class MalformedRequestError(RequestError):
    """The body is not what its content type says, or a parameter is out of range."""


class UnsupportedMediaTypeError(RequestError):
    """The content type is none that the service reads."""


class BodyTooLargeError(RequestError):
    """The body exceeds the limit for one call.

    Args:
        limit: Allowed size in bytes.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(f"the body is larger than {limit:,} bytes; send fewer photos a call")
        self.limit = limit


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
