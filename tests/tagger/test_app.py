import base64

import numpy as np
import pytest
from starlette.testclient import TestClient

from stayrank_models.both import DuoPredictor
from stayrank_models.engines import FakeEngine, fake_artifact
from stayrank_models.predictors import TagPredictor
from stayrank_tagger.app import create_app
from stayrank_tagger.settings import TaggerSettings


@pytest.fixture
def client(tmp_path):
    predictor = TagPredictor(fake_artifact(tmp_path, "tagging"), FakeEngine(8))
    with TestClient(create_app(predictor=predictor)) as client:
        yield client


def _form(**photos):
    return [("files", (name, content)) for name, content in photos.items()]


def test_results_keep_order_and_length_and_one_bad_photo_fails_alone(client, picture):
    files = _form(b=picture(seed=1), broken=b"no picture", a=picture(seed=2))

    response = client.post("/tag", files=files)

    results = response.json()["results"]
    assert response.status_code == 200
    assert [(r["id"], r["status"]) for r in results] == [
        ("b", "ok"),
        ("broken", "error"),
        ("a", "ok"),
    ]
    assert results[1]["error"]["type"] == "undecodable-photo"


def test_all_areas_come_highest_first_and_the_first_is_the_top_tag(client, picture):
    result = client.post("/tag", files=_form(a=picture())).json()["results"][0]

    probabilities = [tag["probability"] for tag in result["tags"]]
    assert len(result["tags"]) == 8
    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(probabilities) == pytest.approx(1, abs=1e-4)
    assert result["top_tag"] == result["tags"][0]["tag"]


def test_a_photo_below_the_threshold_is_rejected_and_keeps_its_top_tag(client, picture):
    results = client.post(
        "/tag", files=_form(**{str(seed): picture(seed=seed) for seed in range(20)})
    ).json()["results"]

    assert {r["rejected"] for r in results} == {r["tags"][0]["probability"] < 0.2 for r in results}
    assert all(r["rejected"] == (r["tags"][0]["probability"] < 0.2) for r in results)


def test_the_embedding_comes_only_when_asked_for(client, picture):
    files = _form(a=picture())
    plain = client.post("/tag", files=files).json()["results"][0]
    full = client.post("/tag", params={"include": "embedding"}, files=files).json()["results"][0]

    embedding = np.frombuffer(base64.b64decode(full["embedding"]["data"]), dtype="<f2")
    assert "embedding" not in plain
    assert embedding.shape == (full["embedding"]["dimension"],)


def test_the_answer_names_its_model_as_get_model_does(client, picture):
    answer = client.post("/v1/tag", files=_form(a=picture())).json()["model"]
    description = client.get("/model").json()

    assert answer == description["model"]
    assert set(answer) == {"name", "version", "sha256"}
    assert description["engine"]["runtime"] == "fake"
    assert description["card"].startswith("# No model")


def test_an_unknown_option_is_refused(client, picture):
    response = client.post("/tag", params={"includes": "embedding"}, files=_form(a=picture()))

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert "includes" in response.json()["detail"]


def test_ready_only_while_the_service_runs(tmp_path):
    predictor = TagPredictor(fake_artifact(tmp_path, "tagging"), FakeEngine(8))
    app = create_app(predictor=predictor)

    before = TestClient(app).get("/readyz").status_code
    with TestClient(app) as client:
        during = client.get("/readyz").status_code

    assert (before, during) == (503, 200)


def test_settings_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("TAGGER_MAX_PHOTOS", "3")
    monkeypatch.setenv("TAGGER_ALLOWED_HOSTS", '["img.example.com"]')

    settings = TaggerSettings()

    assert settings.max_photos == 3
    assert settings.allowed_hosts == {"img.example.com"}


def test_an_explanation_is_json_or_a_picture_as_the_caller_accepts(client, picture):
    photo, headers = picture(size=(96, 64)), {"content-type": "image/jpeg"}

    json = client.post("/v1/tag/explain", content=photo, headers=headers)
    png = client.post("/tag/explain", content=photo, headers=headers | {"accept": "image/png"})

    assert set(json.json()) == {"model", "id", "tag", "focal_point", "heat", "warnings"}
    assert np.shape(json.json()["heat"]) == (2, 2)
    assert png.headers["content-type"] == "image/png"
    assert png.content.startswith(b"\x89PNG")


def test_the_area_to_explain_can_be_named_and_must_be_known(client, picture):
    def explain(tag):
        return client.post("/tag/explain", params={"tag": tag}, files=_form(a=picture()))

    assert explain("kitchen").json()["tag"] == "kitchen"
    assert explain("ballroom").status_code == 422
    assert "kitchen" in explain("ballroom").json()["detail"]


@pytest.mark.parametrize("accept", ["application/json", "image/png"])
def test_one_photo_is_explained_a_call_and_a_bad_one_is_a_problem_of_its_own(
    client, picture, accept
):
    headers = {"accept": accept}
    two = client.post("/tag/explain", files=_form(a=picture(), b=picture()), headers=headers)
    bad = client.post("/tag/explain", files=_form(a=b"no picture"), headers=headers)

    assert (two.status_code, two.json()["type"]) == (422, "too-many-photos")
    assert (bad.status_code, bad.json()["type"]) == (422, "undecodable-photo")


def test_an_option_that_is_given_twice_is_refused(client, picture):
    path = "/v1/tag?include=embedding&include=embedding"
    response = client.post(path, files=_form(a=picture()))

    assert response.status_code == 422
    assert response.json()["detail"].startswith("include: ")


@pytest.fixture
def duo_client(tmp_path):
    predictor = DuoPredictor(fake_artifact(tmp_path, "duo"), FakeEngine(8, 10))
    with TestClient(create_app(predictor=predictor)) as client:
        yield client


def test_a_model_for_both_answers_rates_photos_too_when_asked_for_it(duo_client, picture):
    files = _form(a=picture(), broken=b"no picture")

    plain = duo_client.post("/tag", files=files).json()["results"]
    both = duo_client.post("/tag?include=all", files=files).json()["results"]

    assert both[1] == plain[1]
    assert both[0].pop("embedding")["dimension"] == 12
    rating = both[0].pop("aesthetic")
    assert both[0] == plain[0]
    assert rating["id"] == "a"
    assert rating["mean"] == pytest.approx(
        sum(p * k for k, p in enumerate(rating["distribution"], 1)), abs=1e-4
    )


@pytest.mark.parametrize("of", ["tag", "aesthetic"])
def test_both_answers_can_be_explained(duo_client, picture, of):
    answer = duo_client.post("/tag/explain", params={"of": of}, files=_form(a=picture())).json()

    assert ("tag" in answer, "mean" in answer) == (of == "tag", of == "aesthetic")
    assert np.array(answer["heat"]).shape == (2, 2)


def test_one_explanation_answers_one_question(duo_client, picture):
    asked = {"of": "aesthetic", "tag": "kitchen"}

    response = duo_client.post("/tag/explain", params=asked, files=_form(a=picture()))

    assert (response.status_code, response.json()["type"]) == (422, "malformed-request")
    assert "`tag` asks about an area" in response.json()["detail"]


@pytest.mark.parametrize("path", ["/tag?include=aesthetic", "/tag/explain?of=aesthetic"])
def test_a_tagger_that_rates_nothing_says_so(client, picture, path):
    response = client.post(path, files=_form(a=picture()))

    assert response.status_code == 422
    assert "fake-tagging predicts no ratings" in response.json()["detail"]
