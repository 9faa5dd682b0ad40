import json
from contextlib import ExitStack

import pytest


@pytest.fixture
def urls(apps, serving):
    """The three services with fake models behind real ports."""
    with ExitStack() as running:
        servers = [running.enter_context(serving(app)) for app in apps.values()]
        yield [f"http://127.0.0.1:{server.config.port}" for server in servers]


def test_a_stack_that_is_well_exits_0_and_shows_models_and_stages(stayrank, urls):
    outcome = stayrank("doctor", *urls)

    assert outcome.code == 0
    assert "All is well." in outcome.out
    assert "fake-tagging:0.0.0" in outcome.out
    assert "decode" in outcome.out


def test_a_stack_that_is_not_well_exits_1_and_says_what_is_wrong(stayrank, urls):
    outcome = stayrank("doctor", *urls, "http://127.0.0.1:1")

    assert outcome.code == 1
    assert "Wrong: http://127.0.0.1:1: no answer: " in outcome.err
    assert "All is well." not in outcome.out


def test_json_holds_all_of_it_and_the_exit_code_is_the_same(stayrank, urls, tmp_path, picture):
    photo = tmp_path / "a.jpg"
    photo.write_bytes(picture())

    outcome = stayrank("doctor", urls[0], "http://127.0.0.1:1", "--json", "--photo", photo)

    diagnosis = json.loads(outcome.out)
    assert outcome.code == 1
    assert [c["service"] for c in diagnosis["checkups"]] == ["gallery", None]
    assert len(diagnosis["problems"]) == 1


def test_a_photo_that_no_service_can_use_is_not_called_well(stayrank, urls, tmp_path):
    photo = tmp_path / "a.jpg"
    photo.write_text("a text")

    outcome = stayrank("doctor", urls[1], "--photo", photo)

    assert outcome.code == 1
    assert "it answered 422: " in outcome.err
