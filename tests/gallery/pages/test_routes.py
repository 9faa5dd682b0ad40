import re

import pytest
from starlette.testclient import TestClient

from stayrank_gallery.app import create_app
from stayrank_gallery.scorers import FakeScorer
from stayrank_gallery.settings import GallerySettings


@pytest.fixture
def sample(tmp_path, picture):
    for seed in range(3):
        (tmp_path / f"{seed}.jpg").write_bytes(picture(seed=seed))
    (tmp_path / "notes.txt").write_text("not a photo")
    return tmp_path


@pytest.fixture
def client(sample):
    settings = GallerySettings(sample_dir=sample)
    with TestClient(create_app(settings, FakeScorer())) as client:
        yield client


def test_the_start_page_offers_every_strategy_and_the_sample(client):
    page = client.get("/").text

    for strategy in ("coverage", "score", "round_robin", "mmr"):
        assert f'value="{strategy}"' in page
    assert 'href="sample"' in page


def test_without_a_sample_the_page_offers_none_and_the_address_says_so():
    with TestClient(create_app(scorer=FakeScorer())) as client:
        assert 'href="sample"' not in client.get("/").text
        assert client.get("/sample").status_code == 404


def test_the_sample_is_ranked_in_place(client):
    page = client.get("/sample", params={"strategy": "score"}).text

    assert page.count('<li class="photo') == 3
    assert "notes.txt" not in page


def test_uploaded_photos_become_a_page_that_refers_to_nothing_outside(client, picture):
    files = [("files", (f"{seed}.jpg", picture(seed=seed))) for seed in range(4)]

    response = client.post("/contact-sheet", files=files)

    assert response.status_code == 200
    assert not re.search(r'(?:src|href)="(?!data:)', response.text)
    assert "<script" not in response.text


def test_names_of_files_cannot_smuggle_markup_into_the_page(client, picture):
    name = "<script>alert(1)<br>.jpg"

    page = client.post("/contact-sheet", files=[("files", (name, picture()))]).text

    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_pages_forbid_everything_that_they_do_not_need(client):
    policy = client.get("/").headers["content-security-policy"]

    assert policy.startswith("default-src 'none'")
    assert "unsafe-eval" not in policy


def test_what_the_start_page_loads_is_there(client):
    page = client.get("/").text

    for address in re.findall(r'(?:src|href)="(static/[^"]+)"', page):
        assert client.get(f"/{address}").status_code == 200


def test_a_sample_that_cannot_be_read_costs_only_itself(client, sample):
    (sample / "gone.jpg").symlink_to("nowhere.jpg")

    page = client.get("/sample")

    assert page.status_code == 200
    assert page.text.count('<li class="photo') == 3
    assert "gone.jpg" in page.text
    assert "cannot be read: No such file or directory" in page.text
