"""A ranked gallery as one self-contained HTML page: pictures, tags, scores and reasons inside."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
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
    results = ranked.scores.aesthetics.results
    ratings = {result.id: result for result in results if isinstance(result, AestheticResult)}
    return draw(ranked.response, by_id, ratings, title)


def draw(
    answer: RankResponse,
    pictures: Mapping[str, str | None],
    ratings: Mapping[str, AestheticResult],
    title: str,
) -> str:
    """Draw an ordered gallery whose pictures are there already.

    Args:
        answer: The gallery.
        pictures: Data URIs by id; a photo may lack one.
        ratings: By id, of all ranked photos.
        title: Heading of the page.

    Returns:
        As `contact_sheet`.
    """
    return pages.get_template("contact_sheet.html").render(
        title=title,
        answer=answer,
        pictures=pictures,
        bars={photo_id: _bars(rating) for photo_id, rating in ratings.items()},
        missing=[area for area, ids in answer.coverage.items() if not ids],
        style=(files(__package__ or "") / "static" / "css" / "sheet.css").read_text("utf-8"),
    )


def _bars(result: AestheticResult) -> list[tuple[int, float, float]]:
    """For each rating its probability, and that in percent of the highest."""
    highest = max(result.distribution) or 1
    return [(rating, p, 100 * p / highest) for rating, p in enumerate(result.distribution, 1)]


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
