"""The gallery with the shipped models in its own process."""

from pathlib import Path

from starlette.testclient import TestClient

from stayrank_gallery.app import create_app
from stayrank_gallery.settings import GallerySettings

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
