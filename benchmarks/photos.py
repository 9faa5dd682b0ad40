"""Photos to measure with: the sample's, at any size."""

from __future__ import annotations

import io
from itertools import cycle, islice
from pathlib import Path

from PIL import Image

SAMPLE = Path(__file__).parents[1] / "samples" / "miramar"
_JPEG = {"quality": 85, "subsampling": 2}  # 4:2:0
EDGES = (512, 1024, 2048, 4000)  # pixels of the longer edge


def photos(edge: int, count: int = 4) -> list[bytes]:
    """JPEG files (4:2:0, quality 85) whose longer edge has so many pixels."""
    opened = [Image.open(path) for path in sorted(SAMPLE.glob("*.jpg"))[:count]]
    return list(islice(cycle([encoded(photo, edge) for photo in opened]), count))


def encoded(photo: Image.Image, edge: int, form: str = "JPEG", **options: int) -> bytes:
    """A file of a photo, enlarged or reduced until its longer edge has so many pixels."""
    scale = edge / max(photo.size)
    size = (round(photo.width * scale), round(photo.height * scale))
    content = io.BytesIO()
    photo.resize(size, Image.Resampling.LANCZOS).save(content, form, **(options or _JPEG))
    return content.getvalue()
