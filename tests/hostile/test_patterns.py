"""The calls of `make hostile` that no client makes, against a server."""

import httpx
import pytest

from stayrank_common.web.patience import PatientProtocol
from stayrank_models.engines import FakeEngine, fake_artifact
from stayrank_models.predictors import TagPredictor
from stayrank_tagger.app import create_app


@pytest.fixture
def address(tmp_path, serving):
    predictor = TagPredictor(fake_artifact(tmp_path, "tagging"), FakeEngine(8))
    app = create_app(predictor=predictor)
    http = PatientProtocol.within(app.state.settings)
    with serving(app, http=http, ws="none") as server:
        yield f"http://127.0.0.1:{server.config.port}"


@pytest.mark.parametrize("name", ["heads", "forms"])
def test_every_call_gets_the_photo_read_or_a_typed_refusal(address, sets, sample, name):
    shooting = sets("shooting")
    shots = getattr(sets("patterns"), name)(sample[0])

    with httpx.Client(timeout=60) as client:
        answers = [shooting.send(client, address, "tagger", shot) for shot in shots]

    assert len(answers) > 10
    assert not [f"{a.shot.name} {a.complaint}" for a in answers if a.complaint]
