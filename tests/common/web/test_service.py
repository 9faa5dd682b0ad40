import re

import pytest
from starlette.testclient import TestClient


def sample(app, name: str, **labels: str) -> float | None:
    return app.state.metrics.registry.get_sample_value(name, labels)


def test_a_service_is_alive_before_it_is_ready_and_ready_only_while_it_runs(make_app):
    app = make_app()
    outside = TestClient(app)  # the life of the application has not begun

    assert outside.get("/livez").status_code == 200
    assert outside.get("/readyz").status_code == 503
    assert "not loaded" in outside.get("/readyz").json()["detail"]
    with TestClient(app) as client:
        assert client.get("/readyz").json() == {"status": "ready"}
        assert app.state.loaded
    assert outside.get("/readyz").status_code == 503
    assert not app.state.loaded


def test_a_draining_service_is_alive_and_answers_but_is_not_ready(make_app):
    app = make_app()
    with TestClient(app) as client:
        app.state.draining = True

        readyz = client.get("/readyz")

        assert (readyz.status_code, readyz.json()["type"]) == (503, "not-ready")
        assert "stopping" in readyz.json()["detail"]
        assert client.get("/livez").status_code == 200
        image = {"content": b"x", "headers": {"Content-Type": "image/png"}}
        assert client.post("/echo", **image).status_code == 200


def test_metrics_count_calls_by_route_method_and_status(make_app):
    app = make_app()
    with TestClient(app) as client:
        for _ in range(3):
            client.get("/livez")
        client.post("/echo", content=b"x", headers={"Content-Type": "text/plain"})

        text = client.get("/metrics").text

    assert 'http_requests_total{method="GET",route="/livez",status="200"} 3.0' in text
    assert 'http_requests_total{method="POST",route="/echo",status="415"} 1.0' in text
    assert 'http_request_duration_seconds_count{route="/livez"} 3.0' in text
    assert "stayrank_photos_waiting 0.0" in text


def test_two_services_in_one_process_count_apart(make_app):
    one, other = make_app(), make_app()
    TestClient(one).get("/livez")

    labels = {"route": "/livez", "method": "GET", "status": "200"}
    assert sample(one, "http_requests_total", **labels) == 1
    assert sample(other, "http_requests_total", **labels) is None


def test_the_documentation_needs_nothing_from_outside(make_app):
    with TestClient(make_app()) as client:
        html = client.get("/docs").text
        addresses = re.findall(r"""(?:src|href|url)\s*[=:]\s*["']([^"']+)""", html)

        assert addresses
        for address in addresses:
            assert "//" not in address, address
            assert client.get(address).status_code == 200, address


def test_every_health_route_is_documented(make_app):
    paths = make_app().openapi()["paths"]

    assert {"/livez", "/readyz", "/metrics", "/echo"} <= set(paths)
    assert "503" in paths["/readyz"]["get"]["responses"]


@pytest.mark.parametrize("path", ["/echo?a=1&a=2", "/echo?a=1&a=1", "/echo?b=&a=1&b=", "/echo?a&a"])
def test_an_option_that_is_given_twice_is_refused_and_named(make_app, path):
    with TestClient(make_app()) as client:
        response = client.post(path, content=b"x", headers={"Content-Type": "image/png"})

    repeated = "b" if "b" in path else "a"
    assert (response.status_code, response.json()["type"]) == (422, "malformed-request")
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"] == f"{repeated}: given 2 times; give an option once"


def test_options_that_are_given_once_each_pass(make_app):
    with TestClient(make_app()) as client:
        image = {"content": b"x", "headers": {"Content-Type": "image/png"}}

        assert client.post("/echo?a=1&b=1&A=1", **image).status_code == 200


def test_an_option_that_takes_several_values_may_be_repeated_and_no_other(make_app):
    with TestClient(make_app()) as client:
        image = {"content": b"x", "headers": {"Content-Type": "image/png"}}

        assert client.post("/echo?many=1&many=1&a=1", **image).status_code == 200
        assert client.post("/echo?many=1&many=1&a=1&a=2", **image).status_code == 422
