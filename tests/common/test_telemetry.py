import asyncio

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from stayrank_common.metrics import Metrics
from stayrank_common.stages import record
from stayrank_common.telemetry import REQUEST_ID, SERVER_TIMING, Telemetry, current_request_id
from stayrank_common.web import problems


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def client(metrics):
    app = FastAPI()
    app.add_middleware(Telemetry, metrics=metrics)
    problems.install(app)

    @app.get("/id")
    async def own_id() -> str:
        return current_request_id()

    @app.get("/photos/{photo}")
    async def photo(photo: str) -> str:
        return photo

    @app.get("/fail")
    async def fail() -> None:
        raise RuntimeError("unexpected")

    return TestClient(app, raise_server_exceptions=False)


def calls(metrics: Metrics) -> dict[tuple[str, str, str], float]:
    """Counted calls by route, method and status."""
    (family,) = [f for f in metrics.registry.collect() if f.name == "http_requests"]
    return {
        (s.labels["route"], s.labels["method"], s.labels["status"]): s.value
        for s in family.samples
        if s.name == "http_requests_total"
    }


@pytest.mark.parametrize("given", ["abc-123", "A.b_c", "x" * 128])
def test_the_callers_request_id_is_kept(client, given):
    response = client.get("/id", headers={REQUEST_ID: given})

    assert response.headers[REQUEST_ID] == given
    assert response.json() == given


@pytest.mark.parametrize(
    "given", ["", "x" * 129, "a b", "a\tb", "<script>", "a;b", "caf\xe9", "\xb2", '"']
)
def test_an_odd_request_id_is_replaced(client, given):
    """It goes into logs and on to other services, so it must be safe and plain ASCII."""
    response = client.get("/id", headers=[(REQUEST_ID.encode(), given.encode("latin-1"))])

    new = response.headers[REQUEST_ID]
    assert new != given
    assert new.isascii()
    assert response.json() == new


def test_each_call_without_an_id_gets_its_own(client):
    assert len({client.get("/id").headers[REQUEST_ID] for _ in range(5)}) == 5


def test_calls_at_the_same_time_keep_their_ids():
    ids: dict[str, str] = {}

    async def app(scope, receive, send):
        await asyncio.sleep(0)
        ids[scope["path"]] = current_request_id()

    async def one(path: str) -> None:
        headers = [(REQUEST_ID.lower().encode(), path.encode())]
        scope = {"type": "http", "method": "GET", "path": path, "headers": headers}
        await telemetry(scope, None, None)

    async def all_at_once() -> None:
        await asyncio.gather(*(one(path) for path in "abc"))

    telemetry = Telemetry(app, Metrics())
    asyncio.run(all_at_once())

    assert ids == {"a": "a", "b": "b", "c": "c"}


def test_errors_carry_the_request_id_too(client):
    """Where it is needed most: the caller quotes it, and the log is searched for it."""
    for path, status in (("/missing", 404), ("/fail", 500)):
        response = client.get(path, headers={REQUEST_ID: "abc"})

        assert response.status_code == status
        assert response.headers.get_list(REQUEST_ID) == ["abc"]


def test_outside_of_a_call_there_is_a_new_id_each_time():
    assert current_request_id() != current_request_id()


def test_calls_are_counted_by_route_and_not_by_path(client, metrics):
    client.get("/photos/1")
    client.get("/photos/2")

    assert calls(metrics) == {("/photos/{photo}", "GET", "200"): 2}


def test_a_scanner_cannot_grow_the_metrics(client, metrics):
    for n in range(20):
        client.get(f"/wp-admin/{n}")
        client.request(f"PROBE{n}", "/id")

    assert calls(metrics) == {("unknown", "GET", "404"): 20, ("/id", "other", "405"): 20}


def test_a_call_that_fails_unexpectedly_is_counted_as_500(client, metrics):
    client.get("/fail")

    assert calls(metrics) == {("/fail", "GET", "500"): 1}


def test_the_time_of_a_call_is_measured(client, metrics):
    client.get("/id")

    sums = {"route": "/id"}
    assert metrics.registry.get_sample_value("http_request_duration_seconds_count", sums) == 1
    assert 0 < metrics.registry.get_sample_value("http_request_duration_seconds_sum", sums) < 60


def test_a_problem_is_counted_by_its_type(client, metrics):
    client.get("/missing")
    client.get("/fail")
    client.get("/id")

    problems_by_type = {
        kind: metrics.registry.get_sample_value("stayrank_problems_total", {"type": kind})
        for kind in ("not-found", "internal", "busy")
    }
    assert problems_by_type == {"not-found": 1, "internal": 1, "busy": None}


def test_an_answer_tells_how_long_each_stage_took(client, metrics):
    @client.app.get("/stages")
    async def stages() -> None:
        record("decode", 0.25)
        record("predict", 0.5, 2)
        await asyncio.to_thread(record, "decode", 0.125)

    timing = client.get("/stages").headers[SERVER_TIMING]

    assert timing.startswith("decode;dur=375.00, predict;dur=500.00, total;dur=")
    decoded = {"stage": "decode"}
    assert metrics.registry.get_sample_value("stayrank_stage_seconds_count", decoded) == 2


def test_what_is_no_http_call_passes_through():
    seen = []

    async def app(scope, receive, send):
        seen.append(scope["type"])

    asyncio.run(Telemetry(app, Metrics())({"type": "lifespan"}, None, None))

    assert seen == ["lifespan"]
