"""Text in CSV files that people open in spreadsheet programs: none of it is a formula there.

A formula can fetch an address and send the sheet's contents with it, and names of photos are
other people's. After OWASP's "CSV injection" and ASVS 5.0, 1.2.10; that sees no further than the
first character, but some programs trim cells, and fold full-width signs.
"""

from __future__ import annotations

from unicodedata import normalize

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def to_cell(text: str) -> str:
    """Put an apostrophe before what would be a formula, which makes it text.

    >>> to_cell("=1+1.jpg"), to_cell("pool.jpg")
    ("'=1+1.jpg", 'pool.jpg')
    """
    return f"'{text}" if _is_formula(text) else text


def from_cell(cell: str) -> str:
    """Take back what `to_cell` gave: any text comes through both as it was."""
    return cell[1:] if cell.startswith("'") and _is_formula(cell) else cell


def _is_formula(text: str) -> bool:
    """Whether it would be one, by itself or without its apostrophes."""
    return normalize("NFKC", text.lstrip("'")).lstrip(" ").startswith(_FORMULA)
