"""Suspects as one self-contained HTML page: decided by keyboard, saved as a corrections file."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader

from stayrank_common.tags import TAGS, words
from stayrank_training.progress import mapped
from stayrank_training.thumbnails import thumbnail

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from stayrank_training.data.label_errors import CleanReport

_pages = Environment(
    loader=PackageLoader(__package__ or "", "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_pages.filters["words"] = words


def review_page(ranked: pd.DataFrame, photos: Path, report: CleanReport, limit: int) -> str:
    """Draw the most suspect photos.

    Args:
        ranked: What `rank_labels` returned.
        photos: The folder that files are relative to.
        report: How many photos and suspects there are.
        limit: How many suspects to show at most.

    Returns:
        HTML that refers to nothing outside itself. Its download has the form that
        `stayrank_training.data.corrections` reads.
    """
    shown = ranked[ranked["suspect"]].head(limit).to_dict("records")
    paths = [photos / suspect["file"] for suspect in shown]
    pictures = mapped(thumbnail, paths, "thumbnails")
    suspects = [
        {**suspect, "picture": picture} for suspect, picture in zip(shown, pictures, strict=True)
    ]
    names = "\n".join(f"{suspect['file']}\t{suspect['label']}" for suspect in shown)
    templates = files(__package__ or "") / "templates"
    return _pages.get_template("review.html").render(
        suspects=suspects,
        report=report,
        classes=sorted({*ranked["label"], *TAGS}),
        digest=hashlib.sha256(names.encode()).hexdigest()[:16],
        style=(templates / "review.css").read_text(encoding="utf-8"),
        script=(templates / "review.js").read_text(encoding="utf-8"),
    )
