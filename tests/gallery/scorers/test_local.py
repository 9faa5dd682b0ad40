"""The gallery with the shipped models in its own process."""

import asyncio
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from stayrank_common.decoding.decoder import PlainDecoder
from stayrank_common.errors import ArtifactError
from stayrank_common.inputs import PhotoInput
from stayrank_gallery.app import create_app
from stayrank_gallery.scorers import Scores
from stayrank_gallery.scorers.local import DuoScorer, LocalScorer, open_local
from stayrank_gallery.settings import GallerySettings
from stayrank_models.engines import FakeEngine, fake_artifact
from stayrank_models.predictors import DuoPredictor

SAMPLE = Path(__file__).parents[3] / "samples" / "miramar"


def test_the_sample_is_ranked_without_other_services():
    files = [("files", (path.name, path.read_bytes())) for path in sorted(SAMPLE.glob("*.jpg"))]
    unreadable = ("files", ("broken.jpg", b"broken"))

    with TestClient(create_app(GallerySettings(scorers="local"))) as client:
        answer = client.post("/rank-gallery", files=[*files, unreadable]).json()

    assert len(answer["ranking"]) + len(answer["removed"]) == len(files) + 1
    assert {gone["id"]: gone["reason"] for gone in answer["removed"]} == {
        "broken.jpg": "unreadable",
        "room-12-bed-2.jpg": "duplicate",
    }
    assert answer["models"]["tagger"]["name"] == "tagger-mobilenet"


def test_a_model_for_both_answers_looks_at_each_photo_once(tmp_path, picture):
    engine = FakeEngine(8, 10)
    duo = DuoPredictor(fake_artifact(tmp_path, "duo"), engine)
    photos = [PhotoInput("a", picture()), PhotoInput("b", b"broken"), PhotoInput("c", picture(1))]
    looked = []
    engine.predict = lambda batch, **options: (
        looked.append(len(batch)) or FakeEngine.predict(engine, batch, **options)
    )

    async def both() -> list[Scores]:
        scorers = DuoScorer(duo), LocalScorer(duo.tagger, duo.aesthetic)
        scores = [await scorer.score(photos) for scorer in scorers]
        await scorers[0].aclose()
        return scores

    once, twice = asyncio.run(both())

    assert once == twice
    assert sum(looked) == 2 + 2 * 2


def test_a_model_for_one_answer_is_refused_at_start():
    with pytest.raises(ArtifactError, match="not for duo"):
        open_local(PlainDecoder(), "tagger-mobilenet")
