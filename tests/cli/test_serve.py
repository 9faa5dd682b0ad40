import socket

import pytest

from stayrank_cli.serve import PORTS, Service, port_of


@pytest.fixture
def port():
    """A port that nobody uses: settings are read once it is known to be free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize(
    ("service", "variable", "value", "why"),
    [
        ("tagger", "TAGGER_MAX_PHOTOS", "0", "greater than or equal to 1"),
        ("tagger", "TAGGER_MAX_PHOTOS", "many", "valid integer"),
        ("tagger", "TAGGER_RUNTIME", "torch", "'auto', 'openvino', 'keras' or 'keras-gpu'"),
        ("tagger", "TAGGER_ALLOWED_HOSTS", "img.example.com", "not JSON"),
        ("tagger", "TAGGER_ALLOWED_HOSTS", '{"a": 1}', "frozenset"),
        ("tagger", "TAGGER_MAX_PHOTO", "9", "did you mean TAGGER_MAX_PHOTOS?"),
        ("tagger", "tagger_max_photo", "9", "did you mean TAGGER_MAX_PHOTOS?"),
        ("tagger", "TAGGER_XYZZY", "9", "no such setting"),
        ("aesthetic", "AESTHETIC_DRAIN_S", "-1", "greater than or equal to 0"),
        ("gallery", "GALLERY_TAGGER_URL", "ftp://tagger", "match pattern"),
        ("gallery", "GALLERY_ALLOWED_HOSTS", "[", "not JSON"),
    ],
)
def test_a_bad_setting_is_one_line_that_names_the_variable(
    stayrank, monkeypatch, port, service, variable, value, why
):
    monkeypatch.setenv(variable, value)

    outcome = stayrank("serve", service, "--port", port)

    assert outcome.code == 1
    assert outcome.err.startswith(f"error: {variable}: ")
    assert why in outcome.err
    assert outcome.err.count("\n") == 1


def test_several_bad_settings_are_named_together(stayrank, monkeypatch, port):
    monkeypatch.setenv("TAGGER_MAX_PHOTOS", "0")
    monkeypatch.setenv("TAGGER_TIMEOUT_S", "soon")

    outcome = stayrank("serve", "tagger", "--port", port)

    assert outcome.code == 1
    assert "TAGGER_MAX_PHOTOS: " in outcome.err
    assert "TAGGER_TIMEOUT_S: " in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_model_that_is_not_installed_is_told_what_is(stayrank, monkeypatch, port):
    monkeypatch.setenv("TAGGER_MODEL", "tagger-resnet")

    outcome = stayrank("serve", "tagger", "--port", port)

    assert outcome.code == 1
    assert "no model 'tagger-resnet'; installed are: " in outcome.err


def test_a_sample_goes_with_the_whole_stack_only(stayrank, tmp_path):
    outcome = stayrank("serve", "gallery", "--sample", tmp_path)

    assert outcome.code == 2
    assert "--sample goes with `all`" in outcome.err


def test_a_taken_port_is_one_line_and_exit_1(stayrank, port):
    with socket.create_server(("127.0.0.1", port)):
        outcome = stayrank("serve", "tagger", "--port", port)

    assert outcome.code == 1
    assert outcome.err.startswith("error: the tagger service needs 127.0.0.1:")
    assert outcome.err.count("\n") == 1
    assert "choose another --port or TAGGER_PORT" in outcome.err


@pytest.mark.parametrize("service", PORTS)
def test_a_variable_moves_the_port_of_each_service(monkeypatch, service):
    monkeypatch.setenv(f"{service.upper()}_PORT", "9999")

    assert {name: port_of(name) for name in PORTS} == {**PORTS, service: 9999}


@pytest.mark.parametrize("value", ["", "tcp://10.96.0.7:8000"])
def test_a_variable_that_is_empty_or_of_kubernetes_moves_nothing(monkeypatch, value):
    monkeypatch.setenv("GALLERY_PORT", value)

    assert port_of(Service.GALLERY) == 8000


@pytest.mark.parametrize("value", ["0", "65536", "-1", "80 ", "http", "²"])
def test_a_variable_that_is_no_port_is_named(stayrank, monkeypatch, value):
    monkeypatch.setenv("AESTHETIC_PORT", value)

    outcome = stayrank("serve", "all")

    assert outcome.code == 1
    assert outcome.err.startswith(f"error: AESTHETIC_PORT: {value!r} is no port")


def test_the_stack_takes_its_ports_from_the_variables_and_none_twice(stayrank, monkeypatch, port):
    monkeypatch.setenv("GALLERY_PORT", str(port))
    monkeypatch.setenv("TAGGER_PORT", str(port))

    outcome = stayrank("serve", "all")

    assert outcome.code == 1
    assert outcome.err.startswith(f"error: the tagger service needs 127.0.0.1:{port}: ")
    assert "choose another --port or TAGGER_PORT" in outcome.err
