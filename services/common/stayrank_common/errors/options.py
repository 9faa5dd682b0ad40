"""An option of a ranking or an audit asks for what cannot be had."""

from __future__ import annotations

from collections.abc import Iterable

from stayrank_common.errors.calls import RequestError


class OptionError(RequestError):
    """An option of a ranking asks for what this gallery cannot give."""


class UnknownPhotoError(OptionError):
    """An option names a photo that the gallery does not have.

    Args:
        option: The option, for example `pin`.
        photo_id: The id that it names.
    """

    def __init__(self, option: str, photo_id: str) -> None:
        super().__init__(f"{option}: no photo of this gallery has the id {photo_id!r}")
        self.option, self.photo_id = option, photo_id


class PinError(OptionError):
    """A photo cannot be pinned to a place.

    Args:
        photo_id: The photo.
        place: The place, from 1.
        reason: Why not.
    """

    def __init__(self, photo_id: str, place: int, reason: str) -> None:
        super().__init__(f"{photo_id!r} cannot be pinned to place {place}: {reason}")
        self.photo_id, self.place, self.reason = photo_id, place, reason


class UnknownPolicyError(OptionError):
    """An option names a feed policy that the service does not have.

    Args:
        name: The name.
        known: The policies that it has.
    """

    def __init__(self, name: str, known: Iterable[str]) -> None:
        there = ", ".join(sorted(known)) or "none (GALLERY_POLICIES_DIR)"
        super().__init__(f"policy: there is no policy {name!r}; there are: {there}")
        self.name = name


class UnknownPackError(OptionError):
    """An audit names a rule pack that the service does not have.

    Args:
        name: Its name.
        known: The packs that it has.
    """

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"pack: there is no pack {name!r}; there are: {', '.join(sorted(known))}")
        self.name = name


class NothingToRankError(OptionError):
    """Every photo is excluded."""

    def __init__(self) -> None:
        super().__init__("exclude: every photo is excluded; leave at least one to rank")
