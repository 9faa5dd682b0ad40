"""What a gallery or a photo can be blamed for."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """An error fails the audit, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class Rule(StrEnum):
    """The rules, those that matter most first."""

    UNREADABLE = "unreadable"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    MISSING_AREA = "missing_area"
    COVER = "cover"
    TOO_SMALL = "too_small"
    TOO_HEAVY = "too_heavy"
    DUPLICATE = "duplicate"
    BLURRED = "blurred"
    DARK = "dark"
    OVEREXPOSED = "overexposed"
    TILTED = "tilted"
    POOR = "poor"
    UNRELATED = "unrelated"
    PORTRAIT = "portrait"
    UNJUDGED = "unjudged"

    @property
    def heading(self) -> str:
        """The rule as the heading of a finding."""
        return _HEADINGS[self]

    @property
    def severity(self) -> Severity:
        """How bad it is where a pack does not say: what sites refuse is an error."""
        return Severity.ERROR if self in _REFUSED else Severity.WARNING


_HEADINGS = {
    Rule.UNREADABLE: "Unreadable files",
    Rule.TOO_FEW: "Too few photos",
    Rule.TOO_MANY: "Too many photos",
    Rule.MISSING_AREA: "An area is not shown often enough",
    Rule.COVER: "The cover photo",
    Rule.TOO_SMALL: "Too few pixels",
    Rule.TOO_HEAVY: "Files too large",
    Rule.DUPLICATE: "Near-duplicates",
    Rule.BLURRED: "Blurred",
    Rule.DARK: "Too dark",
    Rule.OVEREXPOSED: "Overexposed",
    Rule.TILTED: "Tilted",
    Rule.POOR: "Uninviting",
    Rule.UNRELATED: "Unrelated to the property",
    Rule.PORTRAIT: "Too many in portrait format",
    Rule.UNJUDGED: "Could not be judged",
}
_REFUSED = {
    Rule.UNREADABLE,
    Rule.TOO_FEW,
    Rule.TOO_MANY,
    Rule.MISSING_AREA,
    Rule.TOO_SMALL,
    Rule.TOO_HEAVY,
}
