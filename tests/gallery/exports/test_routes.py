import pytest
from starlette.testclient import TestClient

from stayrank_common.decoding.decoder import PlainDecoder
from stayrank_gallery.app import create_app
from stayrank_gallery.exports import ExportFormat, export
from stayrank_gallery.schemas import RankResponse
from stayrank_gallery.scorers import FakeScorer

PHOTOS = [("files", (f"{name}.jpg", name.encode())) for name in "abc"]


@pytest.fixture
def client():
    with TestClient(create_app(scorer=FakeScorer(), decoder=PlainDecoder())) as client:
        yield client


@pytest.mark.parametrize("form", ExportFormat)
@pytest.mark.parametrize("include", ["", "?include=scores"])
def test_the_answer_of_a_ranking_is_a_file_to_download(client, form, include):
    ranking = client.post(f"/rank-gallery{include}", files=PHOTOS)

    response = client.post(f"/v1/export?format={form}", json=ranking.json())

    assert response.content == export(RankResponse.model_validate(ranking.json()), form)
    assert response.headers["content-type"].startswith(form.media_type.partition(";")[0])
    assert response.headers["content-disposition"] == f'attachment; filename="order{form.suffix}"'


@pytest.mark.parametrize("query", ["", "?format=xlsx"])
def test_a_form_that_is_missing_or_unknown_is_refused(client, query):
    ranking = client.post("/rank-gallery", files=PHOTOS).json()

    response = client.post(f"/export{query}", json=ranking)

    assert (response.status_code, response.json()["type"]) == (422, "malformed-request")


def test_what_is_no_ranking_is_refused(client):
    response = client.post("/export?format=csv", json={"ranking": []})

    assert (response.status_code, response.json()["type"]) == (422, "malformed-request")
