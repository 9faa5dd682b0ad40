"""Versions from old to new."""

from __future__ import annotations

import re


def version_key(version: str) -> tuple[object, ...]:
    """A key that sorts versions from old to new, by the precedence of Semantic Versioning.

    >>> sorted(["1.10.0", "1.0.0", "1.9.0", "1.0.0-rc.10", "1.0.0-rc.2"], key=version_key)
    ['1.0.0-rc.2', '1.0.0-rc.10', '1.0.0', '1.9.0', '1.10.0']
    """
    release = re.match(r"[\d.]*", version).group()  # type: ignore[union-attr] # matches ""
    numbers = tuple(int(part) for part in release.split(".") if part)
    # A version with a suffix comes before the one without; in a suffix numbers come before words.
    parts = re.findall(r"\d+|[^\W\d_]+", version[len(release) :])
    suffix = tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)
    return numbers, not suffix, suffix, version
