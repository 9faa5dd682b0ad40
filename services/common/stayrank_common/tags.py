"""The tags of the default taxonomy, and how names are written.

A served model states its own tags in its manifest; these are for what has no model at hand.
"""

from __future__ import annotations

from stayrank_common.taxonomy import default_taxonomy

TAGS: tuple[str, ...] = default_taxonomy().labels


def words(name: str) -> str:
    """A tag, warning or reason as people write it.

    >>> words("swimming_pool")
    'swimming pool'
    """
    return default_taxonomy().words(name)
