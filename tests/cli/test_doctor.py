import json
import socket
import threading
import time

import pytest
import uvicorn


@pytest.fixture
def urls(apps):
    """The three services with fake models behind real ports."""
    servers = []
    for app in apps.values():
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        servers.append(uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning")))
    threads = [threading.Thread(target=server.run) for server in servers]
    for thread in threads:
        thread.start()
    while not all(server.started for server in servers):
        time.sleep(0.02)
    yield [f"http://127.0.0.1:{server.config.port}" for server in servers]
    for server in servers:
        server.should_exit = True
    for thread in threads:
        thread.join()


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
