"""Near-duplicates of real photos, with the shipped models: benchmarks/copies.py in small."""

import asyncio

import pytest

from stayrank_common.decoding.decoder import PlainDecoder
from stayrank_common.inputs import PhotoInput
from stayrank_gallery.ranker import Ranker
from stayrank_gallery.schemas import RankOptions
from stayrank_gallery.scorers.local import open_local
from stayrank_training.data.galleries import read_galleries
from stayrank_training.evaluation.near_copies import every_copy

pytestmark = pytest.mark.shared
PHOTOS = 6  # of each gallery


@pytest.fixture(scope="module", params=[None, "duo-mobilenet"])
def ranked(request):
    scorer = open_local(PlainDecoder(), request.param)

    def rank(photos):
        inputs = [PhotoInput(name, content) for name, content in photos.items()]
        ranker = Ranker(scorer)
        return asyncio.run(ranker.rank(inputs, RankOptions())).response

    yield rank
    asyncio.run(scorer.aclose())


@pytest.mark.parametrize("hotel", ["hotel-001", "hotel-032", "hotel-110"])
def test_copies_are_folded_and_different_photos_of_a_hotel_stay_apart(ranked, shared, hotel):
    galleries = {g.name: g for g in read_galleries(shared / "datasets" / "galleries", "train")}
    some = galleries[hotel].without(set(galleries[hotel].files[PHOTOS:]))
    copies = every_copy(some)
    original = {copy.id: copy.original for copy in copies}
    photos = {copy.id: copy.content for copy in copies}
    photos |= {file: (some.folder / file).read_bytes() for file in some.files}

    response = ranked(photos)

    shown = [original.get(place.id, place.id) for place in response.ranking]
    assert sorted(shown) == sorted(some.files)
    for gone in response.removed:
        assert gone.reason == "duplicate"
        assert original.get(gone.duplicate_of, gone.duplicate_of) == original.get(gone.id, gone.id)
