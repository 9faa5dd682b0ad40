"""A service whose decoders die of photos, over HTTP."""

import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from stayrank_common.decoding.pool import DecoderPool
from stayrank_common.metrics import Metrics
from stayrank_common.web.decoders import supervised
from stayrank_models.engines import FakeEngine, fake_artifact
from stayrank_models.predictors import TagPredictor
from stayrank_tagger.app import create_app
from stayrank_tagger.settings import TaggerSettings

EVIL = (sys.executable, str(Path(__file__).parents[1] / "decoding" / "evil_worker.py"))


def form(**photos):
    return {"files": [("files", (name, content)) for name, content in photos.items()]}


@pytest.fixture
def client(tmp_path):
    artifact = fake_artifact(tmp_path, "tagging")
    with DecoderPool(workers=2, seconds=0.5, command=EVIL) as decoder:
        predictor = TagPredictor(artifact, FakeEngine(8), decoder, threads=2)
        with TestClient(create_app(predictor=predictor)) as client:
            yield client


def test_a_photo_that_kills_its_decoder_fails_alone(client, picture):
    photos = form(a=picture(), crash=b"crash", b=picture(), loop=b"loop", c=picture())

    answer = client.post("/tag", **photos)

    results = answer.json()["results"]
    assert answer.status_code == 200
    assert [result["status"] for result in results] == ["ok", "error", "ok", "error", "ok"]
    assert {result["error"]["type"] for result in results[1::2]} == {"lethal-photo"}
    assert client.post("/tag", **form(a=picture())).status_code == 200


def test_alone_it_is_a_problem_and_after_two_deaths_it_is_known(client):
    answers = [client.post("/tag", **form(a=b"crash")) for _ in range(3)]

    assert {(a.status_code, a.json()["type"]) for a in answers} == {(422, "lethal-photo")}
    assert "not tried again" in answers[2].json()["detail"]


def test_a_picture_of_an_explanation_is_opened_there_too(client):
    answer = client.post("/tag/explain", **form(a=b"crash"), headers={"Accept": "image/png"})

    assert (answer.status_code, answer.json()["type"]) == (422, "lethal-photo")


def test_the_settings_reach_the_pool_and_deaths_the_metrics(picture):
    metrics = Metrics()
    settings = TaggerSettings(decoders=1, max_photo_pixels=100)

    with supervised(settings, metrics) as pool:
        pool.start()
        pool._tell("crash")

        assert pool.limits.max_pixels == 100
        assert len(pool._free) == 1
    deaths = metrics.registry.get_sample_value("stayrank_decoder_deaths_total", {"reason": "crash"})
    assert deaths == 1
