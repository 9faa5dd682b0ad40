import asyncio
import re

import pytest
from starlette.testclient import TestClient

from stayrank_common.errors import BusyError, DeadlineError
from stayrank_common.telemetry import Metrics
from stayrank_common.web.service import Admission


def waiting(metrics: Metrics) -> float | None:
    return metrics.registry.get_sample_value("photos_waiting")


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
    assert "photos_waiting 0.0" in text


def test_two_services_in_one_process_count_apart(make_app):
    one, other = make_app(), make_app()
    TestClient(one).get("/livez")

    labels = {"route": "/livez", "method": "GET", "status": "200"}
    assert sample(one, "http_requests_total", **labels) == 1
    assert sample(other, "http_requests_total", **labels) is None


def test_the_documentation_needs_nothing_from_outside(make_app):
    with TestClient(make_app()) as client:
        for page in ("/docs", "/redoc"):
            html = client.get(page).text
            addresses = re.findall(r"""(?:src|href|url)\s*[=:]\s*["']([^"']+)""", html)

            assert addresses
            for address in addresses:
                assert "//" not in address, address
                assert client.get(address).status_code == 200, address


def test_every_health_route_is_documented(make_app):
    paths = make_app().openapi()["paths"]

    assert {"/livez", "/readyz", "/metrics", "/echo"} <= set(paths)
    assert "503" in paths["/readyz"]["get"]["responses"]


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def test_more_photos_than_fit_are_refused_at_once_and_fit_again_later(metrics):
    admission = Admission(10, 60, metrics)

    async def scenario() -> None:
        async with admission.admit(6):
            assert waiting(metrics) == 6
            async with admission.admit(4):
                assert waiting(metrics) == 10
                with pytest.raises(BusyError):
                    async with admission.admit(1):
                        pytest.fail("admitted")
            async with admission.admit(4):
                pass
        async with admission.admit(10):
            pass

    asyncio.run(scenario())

    assert waiting(metrics) == 0


def test_a_call_that_comes_alone_is_admitted_whatever_its_size(metrics):
    async def scenario() -> None:
        async with Admission(10, 60, metrics).admit(200):
            assert waiting(metrics) == 200

    asyncio.run(scenario())

    assert waiting(metrics) == 0


@pytest.mark.parametrize("error", [RuntimeError, asyncio.CancelledError, TimeoutError])
def test_a_call_that_fails_gives_its_places_back_and_keeps_its_error(metrics, error):
    async def scenario() -> None:
        async with Admission(10, 60, metrics).admit(3):
            raise error

    with pytest.raises(error):
        asyncio.run(scenario())

    assert waiting(metrics) == 0


def test_a_call_that_takes_too_long_ends_and_gives_its_places_back(metrics):
    async def scenario() -> None:
        async with Admission(10, 0.01, metrics).admit(3):
            await asyncio.sleep(60)

    with pytest.raises(DeadlineError, match=r"0\.01 s"):
        asyncio.run(scenario())

    assert waiting(metrics) == 0


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
