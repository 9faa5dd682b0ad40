import pytest
from starlette.testclient import TestClient

from stayrank_common.decoding.decoder import PlainDecoder
from stayrank_gallery.app import create_app
from stayrank_gallery.audit import Audit, Packs, Rule
from stayrank_gallery.scorers import FakeScorer
from stayrank_gallery.settings import GallerySettings

NAMES = [f"{name}.jpg" for name in "abcd"]


@pytest.fixture
def client():
    with TestClient(create_app(scorer=FakeScorer(), decoder=PlainDecoder())) as client:
        yield client


@pytest.fixture
def files(picture):
    return [("files", (name, picture(seed))) for seed, name in enumerate(NAMES)]


def rules_of(answer: Audit):
    return {finding.rule: finding for finding in answer.findings}


def test_a_gallery_is_judged_in_the_order_it_came_in_and_bad_files_are_findings(client, files):
    broken = [("files", ("broken.jpg", b"bad"))]

    response = client.post("/audit-gallery", files=[*broken, *files])

    answer = Audit.model_validate(response.json())
    rules = rules_of(answer)
    assert (answer.pack, answer.passed, answer.cover) == ("default", False, "a.jpg")
    assert rules[Rule.UNREADABLE].photos == ["broken.jpg"]
    assert rules[Rule.TOO_FEW].detail == "4 photos; at least 10"
    assert set(rules[Rule.TOO_SMALL].photos) == set(NAMES)
    assert {photo.id for photo in answer.replace_first} == {"broken.jpg", *NAMES}
    assert answer.models.tagger.name == "fake"


def test_a_gallery_of_nothing_but_bad_files_is_audited_too(client):
    files = [("files", (name, b"bad")) for name in ("x", "y")]

    response = client.post("/v1/audit-gallery", files=files)

    answer = Audit.model_validate(response.json())
    assert response.status_code == 200
    assert rules_of(answer)[Rule.UNREADABLE].photos == ["x", "y"]
    assert (answer.cover, answer.models) == (None, None)


@pytest.mark.parametrize("pack", ["default", "real_estate"])
def test_scores_that_were_asked_for_give_the_same_audit_without_the_photos(client, files, pack):
    scores = client.post("/rank-gallery?include=scores", files=files).json()
    body = {"photos": scores["photos"], "models": scores["models"]}

    again = client.post(f"/audit-scored?pack={pack}", json=body)

    assert again.json() == client.post(f"/audit-gallery?pack={pack}", files=files).json()


def test_files_that_could_not_be_scored_may_come_along(client, files, failure):
    photos = client.post("/rank-gallery?include=scores", files=files).json()["photos"]
    body = {"photos": photos, "unreadable": [failure("broken").model_dump()]}

    answer = Audit.model_validate(client.post("/audit-scored", json=body).json())

    assert rules_of(answer)[Rule.UNREADABLE].photos == ["broken"]


def test_options_of_a_ranking_are_none_of_an_audit(client, files):
    photos = client.post("/rank-gallery?include=scores", files=files).json()["photos"]

    response = client.post("/audit-scored", json={"photos": photos, "options": {}})

    assert (response.status_code, response.json()["type"]) == (422, "malformed-request")


def test_copies_are_found_again(client, files, picture):
    copy = [("files", ("copy.jpg", picture(0)))]

    answer = Audit.model_validate(client.post("/audit-gallery", files=[*files, *copy]).json())

    (blamed,) = rules_of(answer)[Rule.DUPLICATE].photos
    assert blamed in {"a.jpg", "copy.jpg"}


@pytest.mark.parametrize("path", ["/audit-gallery", "/audit-scored"])
def test_a_gallery_without_photos_is_refused(client, path):
    body = {"images": []} if path == "/audit-gallery" else {"photos": []}

    response = client.post(path, json=body)

    assert response.status_code == 422
    assert response.json()["type"] in {"no-photos", "malformed-request"}


def test_an_unknown_pack_is_refused_with_those_that_there_are(client, files):
    response = client.post("/audit-gallery?pack=lavish", files=files)

    assert (response.status_code, response.json()["type"]) == (422, "unknown-pack")
    assert "'lavish'" in response.json()["detail"]
    assert "booking_site, default" in response.json()["detail"]


def test_the_service_lists_its_packs_and_those_of_the_operator(tmp_path, files):
    (tmp_path / "ours.toml").write_text(
        'title = "Ours"\nabout = "Modelled on us."\n[gallery]\nmin_photos = 5'
    )
    app = create_app(GallerySettings(packs_dir=tmp_path), FakeScorer(), decoder=PlainDecoder())

    with TestClient(app) as client:
        listed = Packs.model_validate(client.get("/packs").json())
        answer = Audit.model_validate(client.post("/audit-gallery?pack=ours", files=files).json())

    assert listed.packs[0].name == "default"
    assert {named.name: named.pack.title for named in listed.packs}["ours"] == "Ours"
    assert [finding.rule for finding in answer.findings] == [Rule.TOO_FEW]
