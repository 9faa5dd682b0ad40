"""Near-duplicates of real photos, with the shipped models: docs/experiments.md in small."""

import asyncio
import io

import pytest
from PIL import Image

from stayrank_common.decoding.decoder import PlainDecoder
from stayrank_common.inputs import PhotoInput
from stayrank_gallery.ranker import Ranker
from stayrank_gallery.schemas import RankOptions
from stayrank_gallery.scorers.local import open_local
from stayrank_gallery.settings import DUPLICATE_THRESHOLD

pytestmark = pytest.mark.shared
PHOTOS = 6  # of each gallery


def altered(photo: Image.Image) -> dict[str, Image.Image]:
    width, height = photo.size
    x, y = round(0.03 * width), round(0.03 * height)
    return {
        "crop": photo.crop((x, y, width - x, height - y)),
        "quality": photo,
        "half": photo.resize((width // 2, height // 2), Image.Resampling.LANCZOS),
        "shift": photo.crop((round(0.04 * width), round(0.04 * height), width, height)),
        "bright": photo.point(lambda level: min(255, level * 1.15)),
    }


def jpeg(photo: Image.Image, quality: int = 92) -> bytes:
    content = io.BytesIO()
    photo.save(content, "JPEG", quality=quality)
    return content.getvalue()


@pytest.fixture(scope="module")
def ranked():
    scorer = open_local(PlainDecoder())

    def rank(photos):
        inputs = [PhotoInput(name, content) for name, content in photos.items()]
        ranker = Ranker(scorer, DUPLICATE_THRESHOLD)
        return asyncio.run(ranker.rank(inputs, RankOptions())).response

    yield rank
    asyncio.run(scorer.aclose())


@pytest.mark.parametrize("hotel", ["hotel-001", "hotel-032", "hotel-110"])
def test_copies_are_folded_and_different_photos_of_a_hotel_stay_apart(ranked, shared, hotel):
    photos = {}
    for path in sorted((shared / "datasets" / "galleries" / hotel).glob("*.jpg"))[:PHOTOS]:
        with Image.open(path) as opened:
            copies = altered(opened.convert("RGB"))
        photos[f"{path.stem}/original"] = path.read_bytes()
        for name, copy in copies.items():
            photos[f"{path.stem}/{name}"] = jpeg(copy, 50 if name == "quality" else 92)

    response = ranked(photos)

    shown = [place.id.partition("/")[0] for place in response.ranking]
    assert sorted(shown) == sorted({name.partition("/")[0] for name in photos})
    for gone in response.removed:
        assert gone.reason == "duplicate"
        assert gone.duplicate_of.partition("/")[0] == gone.id.partition("/")[0]
