import json
import logging

import pytest
from starlette.testclient import TestClient

from stayrank_common.errors import ConfigurationError
from stayrank_common.keys import digest, new_key
from stayrank_common.web.logs import JsonLines

PHOTO = {"content": b"x", "headers": {"Content-Type": "image/png"}}


@pytest.fixture
def key() -> str:
    return new_key()


@pytest.fixture
def keys(tmp_path, key):
    path = tmp_path / "keys.txt"
    path.write_text(f"shop {digest(key)}\nsmall {digest('small')} 0.001 5\n")
    return path


@pytest.fixture
def app(make_app, keys):
    return make_app(keys_file=keys)


@pytest.fixture
def client(app):
    with TestClient(app) as client:
        yield client


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def post(client, key: str, photos: int = 1):
    files = [("files", (str(n), b"x")) for n in range(photos)]
    return client.post("/echo", files=files, headers=bearer(key))


def test_without_a_file_of_keys_none_is_asked_for_and_none_is_documented(make_app):
    app = make_app()
    with TestClient(app) as client:
        assert client.post("/echo", **PHOTO).status_code == 200

    assert "securitySchemes" not in app.openapi().get("components", {})
    assert "security" not in app.openapi()["paths"]["/echo"]["post"]


def test_a_known_key_opens(client, key):
    assert post(client, key).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Authorization", "")],
        [("Authorization", "Bearer")],
        [("Authorization", "Bearer wrong")],
        [("Authorization", "Basic KEY")],
        [("Authorization", "KEY")],
        [("Authorization", "Bearer KEYx")],
        [("Authorization", "Bearer KEY"), ("Authorization", "Bearer KEY")],
        [("X-API-Key", "KEY")],
        [("Cookie", "key=KEY")],
    ],
)
def test_any_other_call_is_a_401_that_says_what_to_send_and_is_not_read(app, call, key, headers):
    sent = {name: value.replace("KEY", key) for name, value in headers}
    if len(headers) > len(sent):
        with TestClient(app) as client:
            assert client.post("/echo", content=b"x", headers=headers).status_code == 401
        return

    answer = call(app, "POST", "/echo", {"Content-Type": "image/png"} | sent, [b"x"] * 9)

    assert (answer.status, answer.json["type"], answer.chunks_read) == (401, "unauthorized", 0)
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert key not in answer.content.decode()


@pytest.mark.parametrize("path", ["/nowhere", "/echo/", "/livez/", "/static", "/v1"])
def test_a_path_that_is_not_known_needs_a_key_too(client, path):
    assert client.get(path).status_code == 401


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/livez", "/readyz"])
def test_documentation_and_health_are_open(client, path):
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("closed", "paths"),
    [
        ({"open_health": False}, ["/livez", "/readyz"]),
        ({"open_metrics": False}, ["/metrics"]),
    ],
)
def test_health_and_metrics_can_be_closed(make_app, keys, key, closed, paths):
    with TestClient(make_app(keys_file=keys, **closed)) as client:
        for path in paths:
            assert client.get(path).status_code == 401
            assert client.get(path, headers=bearer(key)).status_code == 200


def test_an_allowance_counts_photos_and_says_when_there_is_more(client):
    assert post(client, "small", 4).status_code == 200
    refused = post(client, "small", 2)

    assert (refused.status_code, refused.json()["type"]) == (429, "rate-limit")
    assert 500 < int(refused.headers["retry-after"]) <= 2000
    assert post(client, "small").status_code == 429


def test_who_has_nothing_left_is_refused_before_the_body_is_read(app, call):
    headers = {"Content-Type": "image/png"} | bearer("small")
    for _ in range(5):
        assert call(app, "POST", "/echo", headers, [b"x"]).status == 200

    answer = call(app, "POST", "/echo", headers, [b"x"] * 9)

    assert (answer.status, answer.chunks_read) == (429, 0)


def test_one_callers_allowance_is_not_anothers(client, key):
    post(client, "small", 5)

    assert post(client, "small").status_code == 429
    assert post(client, key, 50).status_code == 200


def test_the_document_shows_the_scheme_and_where_it_holds(app):
    document = app.openapi()

    assert document["components"]["securitySchemes"]["key"] == {"type": "http", "scheme": "bearer"}
    assert document["paths"]["/echo"]["post"]["security"] == [{"key": []}]
    assert {"401", "429"} <= set(document["paths"]["/echo"]["post"]["responses"])
    assert "security" not in document["paths"]["/livez"]["get"]
    assert app.openapi() == document


def test_a_file_that_cannot_be_used_stops_the_start(make_app, tmp_path):
    with pytest.raises(ConfigurationError, match="absent"):
        make_app(keys_file=tmp_path / "absent")


def test_the_log_names_the_caller_and_holds_neither_key_nor_photo(client, key, caplog):
    with caplog.at_level(logging.DEBUG):
        client.post(
            "/echo?key=in-the-query",
            content=b"\xff\xd8 bytes of a photo",
            headers={"Content-Type": "image/png", "Cookie": "session=4711"} | bearer(key),
        )
        client.post("/echo", json={"images": [{"data": "not base64 secret"}]}, headers=bearer(key))
        client.post("/echo", content=b"--X secret", headers=bearer("a wrong secret"))
    clients_own = ("httpx", "python_multipart")  # the latter is told errors alone; see `web.logs`
    records = [record for record in caplog.records if not record.name.startswith(clients_own)]
    lines = [JsonLines("test").format(record) for record in records]

    called = [json.loads(line) for line in lines if '"path"' in line]
    assert [line.get("caller") for line in called] == ["shop", "shop", None]
    assert [line["status"] for line in called] == [200, 200, 401]
    told = "\n".join(lines).lower()
    for secret in (key, "bytes of a photo", "4711", "in-the-query", "secret", "authorization"):
        assert secret.lower() not in told, secret
