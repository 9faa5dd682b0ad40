"""Self-contained HTML pages that the command line writes."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader

from stayrank_cli.console import write_page

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

_pages = Environment(
    loader=PackageLoader(__package__ or "", "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


def write_html(path: Path, template: str, **content: object) -> None:
    """Write a page that refers to nothing outside itself.

    Args:
        path: The page.
        template: Name of a file in `templates`.
        **content: What the template shows.
    """
    write_page(path, _pages.get_template(template).render(content))


def data_uri(picture: Image.Image, picture_format: str = "JPEG") -> str:
    """A picture to put into a page."""
    content = io.BytesIO()
    picture.save(content, picture_format, quality=82)
    encoded = base64.b64encode(content.getvalue()).decode()
    return f"data:image/{picture_format.lower()};base64,{encoded}"
