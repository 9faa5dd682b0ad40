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
from stayrank_gallery.scorers.local import LocalScorer, open_local
from stayrank_gallery.settings import GallerySettings
from stayrank_models.both import DuoPredictor
from stayrank_models.engines import FakeEngine, fake_artifact

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


def test_a_model_for_both_answers_is_told_as_both_models(tmp_path, picture):
    duo = DuoPredictor(fake_artifact(tmp_path, "duo"), FakeEngine(8, 10))
    photos = [PhotoInput("a", picture()), PhotoInput("b", b"broken"), PhotoInput("c", picture(1))]

    async def both() -> Scores:
        scorer = LocalScorer(duo)
        scores = await scorer.score(photos)
        assert (scores.tags.results, scores.aesthetics.results) == (
            duo.tagger.predict(photos),
            duo.aesthetic.predict(photos),
        )
        await scorer.aclose()
        return scores

    scores = asyncio.run(both())

    assert scores.tags.model == scores.aesthetics.model == duo.info


def test_a_model_for_one_answer_is_refused_at_start():
    with pytest.raises(ArtifactError, match="not for duo"):
        open_local(PlainDecoder(), "tagger-mobilenet")
