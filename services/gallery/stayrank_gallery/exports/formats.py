"""The forms of an export."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from stayrank_gallery.exports.ota import to_ota
from stayrank_gallery.exports.rows import Order, order_of
from stayrank_gallery.exports.table import to_csv
from stayrank_gallery.schemas import RankResponse


class ExportFormat(StrEnum):
    """A form of export."""

    CSV = "csv"
    JSON = "json"
    OTA = "ota"

    @property
    def media_type(self) -> str:
        """Its content type."""
        return _MEDIA_TYPES[self]

    @property
    def suffix(self) -> str:
        """What names of such files end with."""
        return ".xml" if self is ExportFormat.OTA else f".{self}"


_MEDIA_TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8; header=present",
    ExportFormat.JSON: "application/json",
    ExportFormat.OTA: "application/xml",
}
_WRITERS: dict[ExportFormat, Callable[[Order], str]] = {
    ExportFormat.CSV: to_csv,
    ExportFormat.JSON: lambda order: order.model_dump_json(indent=2) + "\n",
    ExportFormat.OTA: to_ota,
}


def export(response: RankResponse, form: ExportFormat) -> bytes:
    """Write an order.

    Args:
        response: The ranking.
        form: CSV, JSON or OpenTravel.

    Returns:
        A file in UTF-8.
    """
    return _WRITERS[form](order_of(response)).encode("utf-8", "replace")
