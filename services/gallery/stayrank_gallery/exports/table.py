"""An order as CSV (RFC 4180)."""

from __future__ import annotations

import csv
import io

from stayrank_common.cells import to_cell
from stayrank_gallery.exports.rows import Order, Row


def to_csv(order: Order) -> str:
    """Write a line a photo.

    Text that a spreadsheet would run as a formula gets an apostrophe before it, which makes it
    text. Programs that read ids should take JSON.
    """
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow(Row.model_fields)
    for row in order.photos:
        values = row.model_copy(update={"reasons": "; ".join(row.reasons)})
        lines.writerow(_cell(value) for _, value in values)
    return text.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.6g}"
    return to_cell(value) if isinstance(value, str) else value
