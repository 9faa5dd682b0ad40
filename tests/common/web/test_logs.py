import io
import json
import logging
import logging.config
import sys

import pytest
from starlette.testclient import TestClient

from stayrank_common.telemetry import REQUEST_ID
from stayrank_common.web.logs import JsonLines, TextLines, log_config

PHOTO = b"\xff\xd8secret pixels"


@pytest.fixture
def written(monkeypatch):
    """Set logging up, and return what is written from then on: `written("json")`."""
    root = logging.getLogger()
    before = root.level, list(root.handlers)
    monkeypatch.setattr(logging, "_handlerList", [])  # what `dictConfig` closes

    def start(log_format: str, level: str = "info") -> io.StringIO:
        stream = io.StringIO()
        config = log_config("tagger", log_format, level)
        config["handlers"]["stderr"]["stream"] = stream
        config["loggers"]["httpx2"] = {"level": "WARNING"}  # the test client's own
        logging.config.dictConfig(config)
        return stream

    yield start
    root.setLevel(before[0])
    root.handlers[:] = before[1]


def lines_of(stream: io.StringIO) -> list[dict]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.fixture
def client(make_app):
    with TestClient(make_app()) as client:
        yield client


def test_a_call_is_one_line_of_json_with_id_status_photos_and_stages(written, client):
    stream = written("json")
    image = {"content": PHOTO, "headers": {"Content-Type": "image/png", REQUEST_ID: "abc"}}

    client.post("/echo?token=hidden", **image)

    (line,) = lines_of(stream)
    assert line["message"].startswith("POST /echo 200 in ")
    assert (line["service"], line["request_id"], line["level"]) == ("tagger", "abc", "info")
    assert (line["method"], line["path"], line["status"], line["photos"]) == (
        "POST",
        "/echo",
        200,
        1,
    )
    assert 0 < line["stages"]["receive"] <= line["seconds"] < 60
    assert "problem" not in line


def test_neither_photos_nor_queries_nor_headers_get_into_the_log(written, client):
    stream = written("json", "debug")
    headers = {"Content-Type": "image/png", "Authorization": "Bearer hidden"}

    client.post("/echo?token=hidden", content=PHOTO, headers=headers)

    assert lines_of(stream)
    assert "hidden" not in stream.getvalue()
    assert "secret" not in stream.getvalue()


def test_a_problem_is_named_by_its_type(written, client):
    stream = written("json")

    client.post("/echo", content=b"x", headers={"Content-Type": "text/plain"})

    assert [line["problem"] for line in lines_of(stream)] == ["unsupported-media-type"]


def test_probes_are_told_only_where_everything_is(written, client):
    quiet = written("json", "info")
    client.get("/livez")
    assert quiet.getvalue() == ""

    everything = written("json", "debug")
    client.get("/livez")
    assert [line["path"] for line in lines_of(everything)] == ["/livez"]


@pytest.mark.parametrize("path", ["/a%0A[x] INFO forged", "/a%0D%0Aforged", "/%1b[2Jforged"])
@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_path_cannot_forge_a_line(written, client, log_format, path):
    stream = written(log_format)

    client.get(path)

    assert len(stream.getvalue().splitlines()) == 1
    assert "\x1b" not in stream.getvalue()


def test_text_names_time_level_service_and_request(written, client):
    stream = written("text")

    client.get("/missing", headers={REQUEST_ID: "abc"})

    assert " INFO tagger [abc] GET /missing 404 in " in stream.getvalue()
    assert stream.getvalue()[10] == "T"


def test_an_exception_stays_within_its_line_of_json():
    try:
        int("two\nlines")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "f", 1, "oh %s", ("no",), sys.exc_info())

    line = JsonLines("gallery").format(record)

    assert "\n" not in line
    assert json.loads(line)["message"] == "oh no"
    assert "ValueError: invalid literal" in json.loads(line)["exception"]
    assert "ValueError" in TextLines("gallery").format(record)


def test_the_http_client_does_not_tell_every_address_it_calls(written):
    stream = written("json")

    logging.getLogger("httpx").info("HTTP Request: POST http://tagger:8001/tag")

    assert stream.getvalue() == ""
