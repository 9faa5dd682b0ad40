import pytest
from starlette.testclient import TestClient


@pytest.fixture
def client(make_app):
    with TestClient(make_app(), raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize(
    "path", ["/livez", "/openapi.json", "/docs", "/nowhere", "/echo", "/metrics"]
)
def test_every_answer_tells_a_browser_to_do_as_little_as_it_can(client, path):
    headers = client.get(path).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert "server" not in headers


def test_only_the_documentation_runs_scripts(client):
    assert client.get("/livez").headers["content-security-policy"].startswith("default-src 'none'")
    assert "script-src 'self'" in client.get("/docs").headers["content-security-policy"]


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize("origin", ["https://evil.example.com", "null"])
def test_no_other_origin_may_read_an_answer(client, method, origin):
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    for path in ("/echo", "/livez", "/openapi.json"):
        answer = client.request(method, path, headers=asked)

        assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_an_answer_to_what_went_wrong_inside_has_them_too(make_app):
    app = make_app()
    app.add_api_route("/broken", lambda: 1 / 0)
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/broken")

    assert answer.status_code == 500
    assert answer.headers["x-content-type-options"] == "nosniff"
