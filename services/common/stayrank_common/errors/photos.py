"""One photo cannot be used; the others still can."""

from __future__ import annotations

from stayrank_common.errors.base import StayRankError


class PhotoError(StayRankError):
    """One photo cannot be used."""


class UndecodablePhotoError(PhotoError):
    """The bytes are no image of a supported format, or nothing of it can be decoded."""


class LethalPhotoError(UndecodablePhotoError):
    """The process that decoded it died of it, or took more time than a photo may."""


class OversizedPhotoError(PhotoError):
    """The photo has more bytes or pixels than allowed.

    Args:
        what: `bytes` or `pixels`.
        actual: How many it has (the least that is known).
        limit: How many it may have.
    """

    def __init__(self, what: str, actual: int, limit: int) -> None:
        super().__init__(f"the photo has {actual:,} {what}; at most {limit:,} are allowed")
        self.what, self.actual, self.limit = what, actual, limit


class InvalidBase64Error(PhotoError):
    """`data` is not base64 or a base64 data URI."""


class PhotoFetchError(PhotoError):
    """A photo could not be fetched from its URL."""


class ForbiddenUrlError(PhotoFetchError):
    """The URL may not be fetched: URLs are off, or its host or address is not allowed."""
