import asyncio
import base64
import json

import pytest
from starlette.testclient import TestClient

from stayrank_common.decoding.decoder import PlainDecoder
from stayrank_common.errors import (
    ConfigurationError,
    UpstreamBusyError,
    UpstreamError,
    UpstreamTimeoutError,
)
from stayrank_gallery.app import create_app
from stayrank_gallery.schemas import RankResponse
from stayrank_gallery.scorers import FakeScorer
from stayrank_gallery.settings import GallerySettings


@pytest.fixture
def client():
    with TestClient(create_app(scorer=FakeScorer(), decoder=PlainDecoder())) as client:
        yield client


PHOTOS = [("files", (f"{name}.jpg", name.encode())) for name in "abcdef"]
MIXED = [*PHOTOS, ("files", ("broken.jpg", b"bad"))]


def test_every_photo_is_ranked_or_removed_once(client):
    response = client.post("/rank-gallery", params={"limit": 4}, files=MIXED)

    answer = RankResponse.model_validate(response.json())
    ids = [place.id for place in answer.ranking] + [gone.id for gone in answer.removed]
    assert sorted(ids) == sorted(name for _, (name, _) in MIXED)
    assert [place.position for place in answer.ranking] == [1, 2, 3, 4]
    assert {gone.reason for gone in answer.removed} == {"over_limit", "unreadable"}


def test_the_order_of_the_upload_does_not_matter(client):
    forth = client.post("/rank-gallery", files=PHOTOS).json()
    back = client.post("/v1/rank-gallery", files=PHOTOS[::-1]).json()

    assert forth == back


@pytest.mark.parametrize(
    "options", [{"strategy": "best"}, {"trade_off": "1.5"}, {"limit": "0"}, {"limits": "3"}]
)
def test_bad_options_are_refused(client, options):
    response = client.post("/rank-gallery", params=options, files=PHOTOS)

    assert response.status_code == 422
    assert response.json()["type"] == "malformed-request"


def test_all_photos_bad_is_a_problem_that_says_what_is_wrong_with_each(client):
    files = [("files", (name, b"bad")) for name in ("x", "y")]

    response = client.post("/rank-gallery", files=files)

    assert response.status_code == 422
    assert [result["id"] for result in response.json()["results"]] == ["x", "y"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UpstreamError("tagger", "it is down"), 502),
        (UpstreamTimeoutError("aesthetic", "no answer"), 504),
        (UpstreamBusyError("tagger", 7), 503),
    ],
)
def test_a_failing_service_is_never_a_half_ranked_gallery(error, status):
    with TestClient(create_app(scorer=FakeScorer(error), decoder=PlainDecoder())) as client:
        response = client.post("/rank-gallery", files=PHOTOS)

    assert response.status_code == status
    assert "ranking" not in response.json()
    assert error.service in response.json()["detail"]
    assert response.headers.get("retry-after") == ("7" if status == 503 else None)


def test_photos_that_did_not_even_arrive_are_not_sent_on():
    scorer = FakeScorer()
    images = [{"id": "good", "data": "YQ=="}, {"id": "bad", "data": "%%%"}]

    with TestClient(create_app(scorer=scorer, decoder=PlainDecoder())) as client:
        answer = client.post("/rank-gallery", json={"images": images}).json()

    assert scorer.calls == [["good"]]
    assert answer["removed"][0]["error"]["type"] == "invalid-base64"


@pytest.mark.parametrize("path", ["/rank-gallery", "/contact-sheet"])
def test_photos_are_counted_by_what_became_of_them_and_for_the_models_that_answered(client, path):
    client.post(path, params={"limit": 4}, files=MIXED)

    value = client.app.state.metrics.registry.get_sample_value
    assert value("stayrank_photos_total", {"result": "ranked"}) == 4
    assert value("stayrank_photos_total", {"result": "over_limit"}) == 2
    assert value("stayrank_photos_total", {"result": "unreadable"}) == 1
    assert value("stayrank_model_answers_total", {"model": "fake", "version": "1"}) == 14
    assert value("stayrank_stage_seconds_count", {"stage": "rank"}) == 1


def test_photos_of_an_audit_are_counted_too(client):
    client.post("/audit-gallery", files=MIXED)

    value = client.app.state.metrics.registry.get_sample_value
    assert value("stayrank_photos_total", {"result": "ranked"}) == len(PHOTOS)
    assert value("stayrank_photos_total", {"result": "unreadable"}) == 1
    assert value("stayrank_model_answers_total", {"model": "fake", "version": "1"}) == 14


def test_the_scorer_is_closed_where_the_service_ends_with_an_error():
    class Closing(FakeScorer):
        closed = False

        async def aclose(self) -> None:
            self.closed = True

    scorer = Closing()
    app = create_app(scorer=scorer, decoder=PlainDecoder())

    async def scene() -> None:
        async with app.router.lifespan_context(app):
            assert not scorer.closed
            raise LookupError("the port is taken")

    with pytest.raises(LookupError):
        asyncio.run(scene())

    assert scorer.closed


def test_a_wrong_pack_is_told_before_any_model_is_loaded(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "stayrank_gallery.app._open_scorer", lambda *_: pytest.fail("it was loaded")
    )
    app = create_app(GallerySettings(packs_dir=tmp_path), decoder=PlainDecoder())

    with pytest.raises(ConfigurationError, match="no rule pack"), TestClient(app):
        pass


@pytest.mark.parametrize("path", ["/rank-gallery", "/v1/rank-gallery", "/contact-sheet"])
def test_an_option_that_is_given_twice_is_refused_rather_than_guessed(client, path):
    once = client.post(f"{path}?limit=1&strategy=score", files=PHOTOS)
    twice = client.post(f"{path}?limit=1&strategy=score&limit=2", files=PHOTOS)

    assert once.status_code == 200
    assert (twice.status_code, twice.json()["type"]) == (422, "malformed-request")
    assert twice.json()["detail"].startswith("limit: given 2 times")


def test_it_is_unready_and_says_why_as_long_as_the_other_services_have_not_answered():
    settings = GallerySettings(tagger_url="http://127.0.0.1:9", aesthetic_url="http://127.0.0.1:9")
    with TestClient(create_app(settings)) as client:
        answer = client.get("/readyz")

        assert (answer.status_code, answer.json()["type"]) == (503, "not-ready")
        assert "ConnectError (http://127.0.0.1:9)" in answer.json()["detail"]
        assert client.get("/livez").status_code == 200


WISHES = {
    "strategy": "score",
    "limit": 3,
    "pin": [{"id": "f.jpg", "place": 2}],
    "exclude": ["a.jpg", "b.jpg"],
    "max_run": 2,
    "context": "family",
}
QUERY = {**WISHES, "pin": "f.jpg:2"}


def ids(response) -> list[str]:
    assert response.status_code == 200, response.text
    return [place["id"] for place in response.json()["ranking"]]


def test_options_say_the_same_in_the_query_a_part_of_the_form_and_json(client):
    images = [
        {"id": f"{name}.jpg", "data": base64.b64encode(name.encode()).decode()} for name in "abcdef"
    ]

    query = client.post("/rank-gallery", params=QUERY, files=PHOTOS)
    form = client.post("/rank-gallery", files=PHOTOS, data={"options": json.dumps(WISHES)})
    body = client.post("/rank-gallery", json={"images": images, "options": WISHES})

    assert query.json() == form.json() == body.json()
    assert (len(ids(query)), ids(query)[1]) == (3, "f.jpg")


def test_options_in_two_places_are_refused(client):
    response = client.post("/rank-gallery?limit=1", files=PHOTOS, data={"options": "{}"})

    assert (response.status_code, response.json()["type"]) == (422, "malformed-request")


@pytest.mark.parametrize(
    ("options", "slug", "named"),
    [
        ({"pin": "ghost.jpg:1"}, "unknown-photo", "ghost.jpg"),
        ({"exclude": "ghost.jpg"}, "unknown-photo", "ghost.jpg"),
        ({"current": "ghost.jpg"}, "unknown-photo", "ghost.jpg"),
        ({"pin": "a.jpg:7"}, "pin", "place 7"),
        ({"pin": ["a.jpg:1", "b.jpg:1"]}, "pin", "'b.jpg'"),
        ({"pin": ["a.jpg:1", "a.jpg:2"]}, "pin", "'a.jpg'"),
        ({"exclude": [name for _, (name, _) in PHOTOS]}, "nothing-to-rank", "every photo"),
        ({"policy": "lax"}, "unknown-policy", "'lax'"),
        ({"context": "pets"}, "malformed-request", "family"),
        ({"pin": "a.jpg"}, "malformed-request", "pin.0"),
        ({"max_run": 0}, "malformed-request", "max_run"),
        ({"stability": 2}, "malformed-request", "stability"),
    ],
)
def test_options_that_cannot_be_are_a_problem_that_names_them(client, options, slug, named):
    response = client.post("/rank-gallery", params=options, files=PHOTOS)

    assert (response.status_code, response.json()["type"]) == (422, slug)
    assert named in response.json()["detail"]


@pytest.mark.parametrize("prefix", ["", "/v1"])
def test_scored_photos_are_ordered_again_by_other_options_without_scoring(prefix):
    scorer = FakeScorer()
    with TestClient(create_app(scorer=scorer, decoder=PlainDecoder())) as client:
        answer = client.post("/rank-gallery?include=scores", files=PHOTOS).json()
        calls = len(scorer.calls)
        scored = {"photos": answer["photos"], "models": answer["models"]}

        same = client.post(f"{prefix}/rank-scored", json=scored)
        pinned = client.post(f"{prefix}/rank-scored", json={**scored, "options": WISHES})

        assert ids(same) == [place["id"] for place in answer["ranking"]]
        assert same.json()["models"] == answer["models"]
        assert pinned.json() == client.post("/rank-gallery", params=QUERY, files=PHOTOS).json()
        assert len(scorer.calls) == calls + 1  # by the last line alone


def test_without_asking_for_them_an_answer_brings_no_scores(client):
    assert "photos" not in client.post("/rank-gallery", files=PHOTOS).json()


@pytest.mark.parametrize("count", [0, 2])
def test_scored_photos_must_be_there_and_have_ids_of_their_own(client, count):
    photos = client.post("/rank-gallery?include=scores", files=PHOTOS[:1]).json()["photos"] * count

    response = client.post("/rank-scored", json={"photos": photos})

    assert (response.status_code, response.json()["type"]) == (422, "malformed-request")


@pytest.mark.parametrize("path", ["/rank-scored", "/audit-scored"])
def test_more_scored_photos_than_a_call_may_bring_are_refused(client, path):
    settings = GallerySettings(max_scored_photos=2)
    photos = client.post("/rank-gallery?include=scores", files=PHOTOS[:3]).json()["photos"]

    with TestClient(create_app(settings, FakeScorer(), decoder=PlainDecoder())) as small:
        response = small.post(path, json={"photos": photos})

    assert (response.status_code, response.json()["type"]) == (422, "too-many-photos")


def test_a_gallery_of_one_photo_is_in_order(client):
    assert ids(client.post("/rank-gallery?pin=a.jpg:1", files=PHOTOS[:1])) == ["a.jpg"]


def test_contexts_are_listed_with_their_weights_and_reasons(client):
    contexts = client.get("/contexts").json()["contexts"]

    assert [context["name"] for context in contexts][:2] == ["default", "family"]
    assert contexts[1]["weights"]["swimming_pool"].keys() == {"weight", "reason"}


def test_policies_of_the_service_can_be_named(tmp_path):
    (tmp_path / "strict.toml").write_text("min_mean = 9.9")

    settings = GallerySettings(policies_dir=tmp_path)
    with TestClient(create_app(settings, FakeScorer(), PlainDecoder())) as client:
        response = client.post("/rank-gallery?policy=strict", files=PHOTOS)

    assert ids(response) == []
    assert {gone["reason"] for gone in response.json()["removed"]} == {"policy"}


def test_policies_are_listed_with_their_rules(client, tmp_path):
    assert client.get("/policies").json() == {"policies": []}
    (tmp_path / "strict.toml").write_text("min_mean = 9.9")
    (tmp_path / "lax.toml").write_text("")

    with TestClient(
        create_app(GallerySettings(policies_dir=tmp_path), FakeScorer(), PlainDecoder())
    ) as client:
        lax, strict = client.get("/v1/policies").json()["policies"]

    assert (lax["name"], strict["name"]) == ("lax", "strict")
    assert strict["policy"]["min_mean"] == 9.9
