"""A ranked gallery as one self-contained HTML page: pictures, tags, scores and reasons inside."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files

from jinja2 import Environment, PackageLoader
from PIL import Image

from stayrank_common.decoding.decoder import Decoder
from stayrank_common.errors import PhotoError
from stayrank_common.inputs import PhotoInput
from stayrank_common.schemas import AestheticResult
from stayrank_common.tags import words
from stayrank_gallery.ranker import Ranked
from stayrank_gallery.schemas import RankResponse

_COVER_EDGE, _EDGE = 1200, 560  # pixels of the longer edge; the cover is shown larger
_QUALITY = 80

pages = Environment(
    loader=PackageLoader(__package__ or "", "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
pages.filters["words"] = words


def contact_sheet(
    ranked: Ranked, photos: Sequence[PhotoInput], decoder: Decoder, title: str
) -> str:
    """Draw a ranked gallery.

    Args:
        ranked: The gallery.
        photos: The same photos, for their pictures.
        decoder: Opens the photos.
        title: Heading of the page.

    Returns:
        HTML that refers to nothing outside itself and runs no script.
    """
    cover = ranked.response.ranking[0].id if ranked.response.ranking else None
    with ThreadPoolExecutor() as pool:
        pictures = pool.map(lambda photo: _picture(photo, decoder, photo.id == cover), photos)
        by_id = dict(zip((photo.id for photo in photos), pictures, strict=True))
    ratings = ranked.scores.aesthetics.results
    return draw(
        ranked.response, by_id, [r for r in ratings if isinstance(r, AestheticResult)], title
    )


def draw(
    answer: RankResponse,
    pictures: Mapping[str, str | None],
    ratings: Iterable[AestheticResult],
    title: str,
) -> str:
    """Draw an ordered gallery whose pictures are there already.

    Args:
        answer: The gallery.
        pictures: Data URIs by id; a photo may lack one.
        ratings: Of all ranked photos.
        title: Heading of the page.

    Returns:
        As `contact_sheet`.
    """
    return pages.get_template("contact_sheet.html").render(
        title=title,
        answer=answer,
        pictures=pictures,
        bars=_bars(ratings),
        missing=[area for area, ids in answer.coverage.items() if not ids],
        style=(files(__package__ or "") / "static" / "css" / "sheet.css").read_text("utf-8"),
    )


def _bars(ratings: Iterable[AestheticResult]) -> Mapping[str, list[tuple[int, float, float]]]:
    """For each photo (rating, probability, height in percent of the highest)."""
    return {
        result.id: [
            (rating, p, 100 * p / (max(result.distribution) or 1))
            for rating, p in enumerate(result.distribution, start=1)
        ]
        for result in ratings
    }


def _picture(photo: PhotoInput, decoder: Decoder, is_cover: bool) -> str | None:
    """The photo as a small JPEG data URI; None where it cannot be read."""
    if isinstance(photo.source, PhotoError):
        return None
    try:
        small = decoder.open_scaled(photo.source, _COVER_EDGE if is_cover else _EDGE)
    except PhotoError:
        return None
    content = io.BytesIO()
    Image.fromarray(small.pixels).save(content, "JPEG", quality=_QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(content.getvalue()).decode()
