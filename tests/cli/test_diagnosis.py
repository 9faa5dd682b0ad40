import socket

import httpx
import pytest

from stayrank_cli.diagnosis import diagnose
from stayrank_common.schemas import ModelInfo

URLS = ["http://10.0.0.1:8000", "http://10.0.0.2:8001", "http://10.0.0.3:8002"]
STAGES = {
    "gallery": {"receive", "tagger", "aesthetic", "rank", "total"},
    "tagger": {"receive", "queue", "decode", "predict", "total"},
    "aesthetic": {"receive", "queue", "decode", "predict", "total"},
}


@pytest.fixture
def network(clients):
    """The three services at addresses of their own; further ones may be added."""
    services = dict(zip(("10.0.0.1", "10.0.0.2", "10.0.0.3"), clients.values(), strict=True))

    def answer(request: httpx.Request) -> httpx.Response:
        service = services.get(request.url.host)
        if service is None:
            raise httpx.ConnectError("Connection refused")
        if callable(service):
            return service(request)
        reply = service.request(
            request.method, request.url.path, content=request.content, headers=request.headers
        )
        return httpx.Response(reply.status_code, content=reply.content, headers=reply.headers)

    answer.services = services
    answer.transport = httpx.MockTransport(answer)
    return answer


def test_a_stack_that_is_well_has_no_problems_and_tells_what_runs(network):
    diagnosis = diagnose(URLS, transport=network.transport)

    assert diagnosis.problems == []
    assert [c.service for c in diagnosis.checkups] == ["gallery", "tagger", "aesthetic"]
    for checkup in diagnosis.checkups:
        assert checkup.release
        assert checkup.request_id.startswith("doctor-")
    gallery, tagger, aesthetic = (checkup.models for checkup in diagnosis.checkups)
    assert gallery == {**tagger, **aesthetic}


def test_the_time_of_a_photo_is_told_for_each_stage(network):
    for checkup in diagnose(URLS, transport=network.transport).checkups:
        assert checkup.stages_s.keys() == STAGES[checkup.service]
        assert 0 < sum(checkup.stages_s.values()) < 60


def test_a_service_that_is_not_ready_says_why_and_the_others_are_asked_all_the_same(network):
    network.services["10.0.0.2"].app.state.draining = True

    diagnosis = diagnose(URLS, transport=network.transport)

    assert diagnosis.problems == [f"{URLS[1]}: not ready: the service is stopping"]
    assert all(diagnosis.checkups[index].stages_s for index in (0, 2))


@pytest.mark.parametrize(
    ("reaction", "why"),
    [
        (lambda _: httpx.Response(200, text="<html>"), "not those of a StayRank service"),
        (lambda _: httpx.Response(200, json=[]), "not those of a StayRank service"),
        (
            lambda _: httpx.Response(200, json={"info": {"title": "Petstore", "version": "1"}}),
            "this is 'Petstore'",
        ),
        (None, "Connection refused"),
    ],
)
def test_what_is_no_service_of_stayrank_is_said(network, reaction, why):
    network.services["10.0.0.2"] = reaction

    (problem,) = diagnose(URLS[1:2], transport=network.transport).problems

    assert problem.startswith(f"{URLS[1]}: ")
    assert why in problem


@pytest.mark.parametrize("url", ["http://no.such.host.invalid:8000", "ftp://a", "tagger:8001", ""])
def test_an_address_that_leads_nowhere_is_a_problem_and_no_crash(url):
    (problem,) = diagnose([url]).problems

    assert problem.startswith(url)


def altered(network, **changes: str):
    """An address where another model answers."""

    def answer(request: httpx.Request) -> httpx.Response:
        reply = network(
            httpx.Request(
                request.method,
                URLS[1] + request.url.path,
                content=photo(request),
                headers=request.headers,
            )
        )
        if request.method == "POST":
            body = reply.json()
            body["model"] |= changes
            return httpx.Response(200, json=body)
        return reply

    def photo(request: httpx.Request) -> bytes:
        return request.content

    return answer


@pytest.mark.parametrize(
    ("changes", "canary", "well"),
    [
        ({}, False, True),
        ({"version": "2.0.0", "sha256": "f" * 64}, False, False),
        ({"version": "2.0.0", "sha256": "f" * 64}, True, True),
        ({"sha256": "f" * 64}, True, False),  # one version must be one model
    ],
)
def test_pods_of_a_service_must_run_the_same_model_but_for_a_canary(network, changes, canary, well):
    network.services["10.0.0.4"] = altered(network, **changes)
    urls = [*URLS, "http://10.0.0.4:8001"]

    problems = diagnose(urls, canary=canary, transport=network.transport).problems

    assert (problems == []) == well
    if not well:
        assert problems[0].startswith("different models answer as tagger: ")
        assert all(place in problems[0] for place in (URLS[1], "10.0.0.4", "f" * 12))


def test_every_address_of_a_host_is_asked_by_the_name_of_the_host(network, monkeypatch):
    seen = []

    def resolve(host, port, **_):
        assert (host, port) == ("tagger-pods", 8001)
        v4 = [(socket.AF_INET, 1, 6, "", (ip, port)) for ip in ("10.0.0.2", "10.0.0.9")]
        return [*v4, (socket.AF_INET6, 1, 6, "", ("fd00::1", port, 0, 0))]

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append((request.url.host, request.headers["host"]))
        return network(request)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    transport = httpx.MockTransport(answer)

    diagnosis = diagnose(["http://tagger-pods:8001"], transport=transport)

    assert {host for host, _ in seen} == {"10.0.0.2", "10.0.0.9"}
    assert {name for _, name in seen} == {"tagger-pods:8001"}
    assert diagnosis.problems == [
        "http://tagger-pods:8001 (10.0.0.9:8001): no answer: Connection refused"
    ]
    assert diagnosis.checkups[0].models["tagger"] == ModelInfo(
        **network.services["10.0.0.2"].get("/model").json()["model"]
    )
