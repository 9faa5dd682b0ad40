import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from stayrank_common.decoding.decoder import PlainDecoder
from stayrank_gallery.app import create_app
from stayrank_gallery.schemas import ScoredGallery
from stayrank_gallery.scorers import FakeScorer
from stayrank_gallery.settings import GallerySettings


@pytest.mark.parametrize("path", ["/rank-scored", "/audit-scored"])
def test_as_many_scored_photos_are_taken_as_the_setting_says(path):
    settings = GallerySettings(max_scored_photos=1000, duplicate_threshold=1.01)
    with TestClient(create_app(settings, FakeScorer(), PlainDecoder())) as client:
        files = [("files", ("a.jpg", b"a"))]
        answer = client.post("/rank-gallery", params={"include": "scores"}, files=files)
        (photo,) = answer.json()["photos"]
        most = [photo | {"id": str(number)} for number in range(1000)]

        assert client.post(path, json={"photos": most}).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"photos": [{"id": 1}] * 30_000},
        {"photos": [{"tags": {"warnings": [1] * 100_000}}]},
        {"photos": [], "options": {"exclude": [1] * 100_000}},
    ],
)
def test_of_a_hundred_thousand_wrong_values_a_few_are_told(wrong):
    with pytest.raises(ValidationError) as caught:
        ScoredGallery.model_validate(wrong)

    assert caught.value.error_count() < 30
