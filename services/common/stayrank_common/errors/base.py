"""The root of the tree."""

from __future__ import annotations

import re


class StayRankError(Exception):
    """Base of all errors that a caller can cause or should expect."""

    @classmethod
    def slug(cls) -> str:
        """The stable name of this error in answers.

        >>> from stayrank_common.errors import UndecodablePhotoError
        >>> UndecodablePhotoError.slug()
        'undecodable-photo'
        """
        return re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__.removesuffix("Error")).lower()

    @classmethod
    def title(cls) -> str:
        """The slug in plain words.

        >>> from stayrank_common.errors import UndecodablePhotoError
        >>> UndecodablePhotoError.title()
        'Undecodable photo'
        """
        return cls.slug().replace("-", " ").capitalize()
