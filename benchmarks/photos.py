"""Photos to measure with: the sample's, at any size."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

SAMPLE = Path(__file__).parents[1] / "samples" / "miramar"
EDGES = (512, 1024, 2048, 4000)  # pixels of the longer edge


def photos(edge: int, count: int = 4) -> list[bytes]:
    """JPEG files (4:2:0, quality 85) whose longer edge has so many pixels."""
    paths = sorted(SAMPLE.glob("*.jpg"))
    return [_scaled(paths[number % len(paths)], edge) for number in range(count)]


def _scaled(path: Path, edge: int) -> bytes:
    content = io.BytesIO()
    with Image.open(path) as photo:
        scale = edge / max(photo.size)
        size = (round(photo.width * scale), round(photo.height * scale))
        photo.resize(size, Image.Resampling.LANCZOS).save(
            content, "JPEG", quality=85, subsampling=2
        )
    return content.getvalue()
