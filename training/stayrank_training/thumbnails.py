"""Photos as small pictures inside a page."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

from stayrank_common.errors import PhotoError
from stayrank_common.images import open_thumbnail

if TYPE_CHECKING:
    from pathlib import Path

_EDGE = 320  # pixels of the longer edge: some 15 KB a photo
_QUALITY = 70


def thumbnail(path: Path) -> str | None:
    """The photo as a JPEG data URI; None where it cannot be read."""
    try:
        small = open_thumbnail(path, _EDGE)
    except PhotoError:
        return None
    content = io.BytesIO()
    small.save(content, "JPEG", quality=_QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(content.getvalue()).decode()
