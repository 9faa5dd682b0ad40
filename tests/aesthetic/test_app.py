import pytest
from starlette.testclient import TestClient

from stayrank_aesthetic.app import create_app
from stayrank_models.engines import FakeEngine, fake_artifact
from stayrank_models.predictors import AestheticPredictor


@pytest.fixture
def client(tmp_path):
    predictor = AestheticPredictor(fake_artifact(tmp_path, "aesthetics"), FakeEngine(10))
    with TestClient(create_app(predictor=predictor)) as client:
        yield client


def test_mean_and_spread_are_those_of_the_distribution(client, picture):
    response = client.post("/aesthetic", files=[("files", ("a.jpg", picture()))])

    (result,) = response.json()["results"]
    votes = dict(enumerate(result["distribution"], start=1))
    mean = sum(rating * p for rating, p in votes.items())
    variance = sum(p * (rating - mean) ** 2 for rating, p in votes.items())
    assert sum(votes.values()) == pytest.approx(1, abs=1e-5)
    assert result["mean"] == pytest.approx(mean, abs=1e-4)
    assert result["std"] == pytest.approx(variance**0.5, abs=1e-4)


def test_the_percentile_follows_the_calibration(client, picture):
    (result,) = client.post("/aesthetic", files=[("files", ("a.jpg", picture()))]).json()["results"]

    # The fake model's percentiles are a straight line from 1 to 10.
    assert result["percentile"] == pytest.approx(100 * (result["mean"] - 1) / 9, abs=0.01)


def test_a_raw_photo_is_an_answer_of_one(client, picture):
    headers = {"content-type": "image/png"}
    response = client.post("/aesthetic", content=picture(picture_format="PNG"), headers=headers)

    assert [result["id"] for result in response.json()["results"]] == ["0"]


def test_options_are_refused_since_there_are_none(client, picture):
    files = [("files", ("a.jpg", picture()))]
    response = client.post("/aesthetic", params={"strategy": "mmr"}, files=files)

    assert response.status_code == 422


def test_what_lifts_the_mean_is_explained_as_json_or_as_a_picture(client, picture):
    files = [("files", ("a.jpg", picture()))]
    (result,) = client.post("/aesthetic", files=files).json()["results"]

    json = client.post("/aesthetic/explain", files=files).json()
    png = client.post("/aesthetic/explain", files=files, headers={"accept": "image/png"})

    assert set(json) == {"model", "id", "mean", "focal_point", "heat", "warnings"}
    assert (json["id"], json["mean"]) == ("a.jpg", result["mean"])
    assert png.content.startswith(b"\x89PNG")
