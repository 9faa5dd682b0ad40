import io
import re
from pathlib import Path

import pytest
from PIL import Image
from starlette.testclient import TestClient

from stayrank_common.decoding.decoder import PlainDecoder
from stayrank_gallery.app import create_app
from stayrank_gallery.pages import routes
from stayrank_gallery.schemas import Strategy
from stayrank_gallery.scorers import FakeScorer
from stayrank_gallery.settings import GallerySettings

STATIC = Path(routes.__file__).with_name("static")


@pytest.fixture
def sample(tmp_path, picture):
    for seed in range(3):
        (tmp_path / f"{seed}.jpg").write_bytes(picture(seed=seed))
    (tmp_path / "notes.txt").write_text("not a photo")
    return tmp_path


@pytest.fixture
def client(sample):
    settings = GallerySettings(sample_dir=sample)
    with TestClient(create_app(settings, FakeScorer(), decoder=PlainDecoder())) as client:
        yield client


def test_the_page_offers_every_strategy_and_the_sample(client):
    page = client.get("/").text

    for strategy in Strategy:
        assert f'value="{strategy}"' in page
    assert 'href="sample"' in page


def test_without_a_sample_the_page_offers_none_and_its_addresses_say_so():
    with TestClient(create_app(scorer=FakeScorer(), decoder=PlainDecoder())) as client:
        assert 'href="sample"' not in client.get("/").text
        for path in ("/sample", "/sample/photos", "/sample/photos/0.jpg"):
            answer = client.get(path)
            assert answer.status_code == 404
            assert "GALLERY_SAMPLE_DIR" in answer.json()["detail"]


def test_the_photos_of_the_sample_can_be_had_one_by_one_and_nothing_else_can(client, sample):
    assert client.get("/sample/photos").json() == ["0.jpg", "1.jpg", "2.jpg"]

    answer = client.get("/sample/photos/1.jpg")

    assert answer.content == (sample / "1.jpg").read_bytes()
    assert answer.headers["content-type"] == "image/jpeg"
    (sample / "gone.jpg").symlink_to("nowhere.jpg")
    for name in ("notes.txt", "3.jpg", "gone.jpg", "..%2Fsecret.jpg", "%2Fetc%2Fpasswd"):
        assert client.get(f"/sample/photos/{name}").status_code == 404


@pytest.mark.parametrize("tag", ["bedroom", None])
def test_heat_is_a_picture_of_the_photo(client, picture, tag):
    query = {"tag": tag} if tag else {}
    answer = client.post("/heat", params=query, files=[("files", ("0", picture(size=(90, 60))))])

    assert answer.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (90, 60)


def test_heat_of_what_is_no_photo_is_a_problem(client):
    answer = client.post("/heat", files=[("files", ("0", b"bad"))])

    assert (answer.status_code, answer.json()["type"]) == (422, "undecodable-photo")


def scored(client, picture, names):
    files = [("files", (name, picture(seed=seed))) for seed, name in enumerate(names)]
    return client.post("/rank-gallery", params={"include": "scores"}, files=files).json()["photos"]


def test_a_contact_sheet_is_drawn_from_scores_with_pictures_made_elsewhere(client, picture):
    photos = scored(client, picture, ["a", "b", "<c>"])
    jpeg = "data:image/jpeg;base64,QUJD"
    gallery = {"photos": photos, "pictures": {"a": jpeg, "<c>": jpeg}}
    gallery["options"] = {"pin": [{"id": "<c>", "place": 1}]}
    photos[0]["aesthetic"]["id"] = photos[0]["tags"]["id"] = "whatever"  # the photo's own counts

    page = client.post("/contact-sheet/scored", json=gallery).text

    assert page.count('<i style="height:') == 3 * 10
    assert page.count(f'src="{jpeg}"') == 2
    assert page.index("&lt;c&gt; ·") < page.index(">a ·")
    assert '<li class="photo cover">' in page


@pytest.mark.parametrize(
    "picture_uri",
    ["https://evil.example/x.jpg", "data:image/svg+xml;base64,QUJD", 'data:image/jpeg;base64,"'],
)
def test_pictures_of_a_contact_sheet_are_jpeg_data_and_nothing_else(client, picture, picture_uri):
    gallery = {"photos": scored(client, picture, ["a"]), "pictures": {"a": picture_uri}}

    answer = client.post("/contact-sheet/scored", json=gallery)

    assert (answer.status_code, answer.json()["type"]) == (422, "malformed-request")


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


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", {"connect-src 'self'", "script-src 'self'", "style-src 'self'"}),
        ("/sample", {"style-src 'unsafe-inline'"}),
    ],
)
def test_pages_forbid_everything_that_they_do_not_need(client, path, allowed):
    policy = client.get(path).headers["content-security-policy"].split("; ")

    assert policy[0] == "default-src 'none'"
    assert allowed == {rule for rule in policy if rule.startswith(("connect", "script", "style"))}


def test_the_page_holds_neither_scripts_nor_styles_nor_addresses_of_others(client):
    page = client.get("/").text

    assert not re.search(
        r"<script(?![^>]+src=)|<style|\sstyle=|\son\w+=|(?:src|href)=\"(?:https?:)?//", page
    )


def test_what_the_start_page_loads_is_there(client):
    page = client.get("/").text

    addresses = re.findall(r'(?:src|href)="(static/[^"]+)"', page)
    for address in addresses:
        text = client.get(f"/{address}").text
        folder = address.rpartition("/")[0]
        addresses += [
            f"{folder}/{name}"
            for name in re.findall(r'from "\./(\w+\.js)"', text)
            if f"{folder}/{name}" not in addresses
        ]
        assert client.get(f"/{address}").status_code == 200

    modules = {path.name for path in (STATIC / "js").glob("*.js")}
    assert {address.rpartition("/")[2] for address in addresses} >= modules


def test_a_browser_never_puts_parts_of_two_versions_together(client):
    assert client.get("/").headers["cache-control"] == "no-cache"
    first = client.get("/static/js/app.js")
    assert first.headers["cache-control"] == "no-cache"

    again = client.get("/static/js/app.js", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")


def test_a_sample_that_cannot_be_read_costs_only_itself(client, sample):
    (sample / "gone.jpg").symlink_to("nowhere.jpg")

    page = client.get("/sample")

    assert page.status_code == 200
    assert page.text.count('<li class="photo') == 3
    assert "gone.jpg" in page.text
    assert "cannot be read: No such file or directory" in page.text
