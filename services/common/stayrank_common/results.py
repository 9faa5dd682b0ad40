"""Results as a set: what to do where not one photo could be used."""

from __future__ import annotations

from collections.abc import Sequence

from stayrank_common.errors import RequestError
from stayrank_common.schemas import PhotoFailure


class AllPhotosFailedError(RequestError):
    """Not one photo of a request could be used.

    Args:
        failures: What is wrong with each; at least one.
    """

    def __init__(self, failures: Sequence[PhotoFailure]) -> None:
        first = failures[0]
        rest = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
        super().__init__(f"no photo could be used: {first.id}: {first.error.detail}{rest}")
        self.failures = failures


def refuse_if_all_failed(results: Sequence[object]) -> None:
    """Turn a list of nothing but failures into one error.

    Raises:
        AllPhotosFailedError: If no result is usable.
    """
    failures = [result for result in results if isinstance(result, PhotoFailure)]
    if failures and len(failures) == len(results):
        raise AllPhotosFailedError(failures)
