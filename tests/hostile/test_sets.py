"""The files of `make hostile`, against decoders and against a service, without a clock."""

import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from stayrank_common.decoding.pool import DecoderPool
from stayrank_common.errors import LethalPhotoError, PhotoError
from stayrank_common.images import Preprocessing
from stayrank_models.engines import FakeEngine, fake_artifact
from stayrank_models.predictors import TagPredictor
from stayrank_tagger.app import create_app

ROOT = Path(__file__).resolve().parents[2]
INPUT = Preprocessing()


@pytest.fixture(scope="module")
def pool():
    with DecoderPool(workers=2, seconds=60) as workers:
        yield workers


def outcome(pool, shot) -> str:
    try:
        assert pool.open_image(shot.content, INPUT).pixels.shape == (224, 224, 3)
    except LethalPhotoError:
        return "killed"
    except PhotoError:
        return "refused"
    return "accepted"


@pytest.mark.parametrize("name", ["bombs", "animations"])
def test_what_asks_for_much_is_refused_and_one_frame_is_enough(pool, sets, sample, name):
    bombs = sets("bombs")
    shots = list(bombs.bombs(sample[0]) if name == "bombs" else bombs.animations())

    outcomes = {shot.name: outcome(pool, shot) for shot in shots if shot.expected != "any"}

    assert outcomes == {shot.name: shot.expected for shot in shots if shot.expected != "any"}


def test_countless_parts_are_refused_before_they_are_walked_through(pool, sets, sample):
    for shot in sets("crowds").crowds(sample[0]):
        assert outcome(pool, shot) == "refused", shot


def test_contradictions_kill_nothing(pool, sets, sample):
    for shot in sets("crowds").contradictions(sample[0]):
        assert outcome(pool, shot) in {"accepted", "refused"}, shot


def test_what_is_also_a_photo_is_one_and_what_is_none_is_refused(pool, sets, sample):
    damage = sets("damage")
    shots = [*damage.polyglots(sample[0]), *damage.mislabelled(sample[0])]

    for shot in shots:
        assert outcome(pool, shot) == shot.expected, shot


def test_damaged_photos_are_read_or_refused(pool, sets, sample):
    damage = sets("damage")
    for shots in (damage.truncated(sample[:3]), damage.flipped(sample[:3])):
        outcomes = [outcome(pool, shot) for shot in islice(shots, 0, None, 5)]

        assert set(outcomes) == {"accepted", "refused"}


def test_a_service_answers_every_body_with_photos_or_a_typed_refusal(sets, sample, tmp_path):
    predictor = TagPredictor(fake_artifact(tmp_path, "tagging"), FakeEngine(8))
    damage = sets("damage")
    shots = [*damage.in_json(sample[0]), *damage.mislabelled(sample[0])]
    with TestClient(create_app(predictor=predictor)) as client:
        for shot in shots:
            if shot.content_type:
                headers = {"Content-Type": shot.content_type}
                answer = client.post("/tag", content=shot.content, headers=headers)
            else:
                answer = client.post("/tag", files=[("files", (shot.name, shot.content))])

            expected = 200 if shot.expected == "accepted" else range(400, 500)
            assert answer.status_code == expected or answer.status_code in expected, shot
            if answer.status_code != 200:
                assert answer.headers["content-type"] == "application/problem+json"
                assert answer.json()["type"]


@pytest.mark.slow
def test_the_services_keep_every_promise_but_those_of_time():
    command = [sys.executable, "benchmarks/hostile", "--quick", "--untimed"]
    shooting = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert shooting.returncode == 0, shooting.stdout + shooting.stderr
    assert "Every promise was kept." in shooting.stdout
