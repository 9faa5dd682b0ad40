"""Over real sockets: what a caller of a busy service sees."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
from fastapi import APIRouter, Request

from stayrank_common.deadlines import remaining_s
from stayrank_common.web.gate import PhotoRoute
from stayrank_common.web.glance import GlancingProtocol
from stayrank_common.web.uploads import Photos

LARGE = 20 * 2**20


class Service:
    """A service whose route `/work` works until it is let go."""

    def __init__(self, app) -> None:
        self.app, self.remaining, self.ended = app, [], []
        self.entered, self.let_go = threading.Event(), threading.Event()
        router = APIRouter(route_class=PhotoRoute)

        @router.post("/work")
        async def work(request: Request, photos: Photos) -> int:
            async with app.state.admission.admit(len(photos)):
                self.remaining.append(remaining_s())
                self.entered.set()
                try:
                    while not self.let_go.is_set():  # noqa: ASYNC110 - set by another thread
                        await asyncio.sleep(0.005)
                finally:
                    self.ended.append(self.let_go.is_set())
            return len(photos)

        @router.get("/names")
        async def names() -> list[str]:
            return []

        app.include_router(router)
        self.port = 0

    def sample(self, name: str, **labels: str) -> float | None:
        return self.app.state.metrics.registry.get_sample_value(name, labels)


def until(condition) -> None:
    for _ in range(2000):
        if condition():
            return
        time.sleep(0.005)
    raise AssertionError("it never happened")


@pytest.fixture
def service(make_app, serving) -> Iterator[Service]:
    service = Service(make_app(max_waiting_photos=1, max_photo_bytes=2 * LARGE))
    with serving(service.app, http=GlancingProtocol.before(service.app)) as server:
        service.port = server.config.port
        yield service
        service.let_go.set()


@pytest.fixture
def busy(service) -> Iterator[Service]:
    """A service that is full."""
    caller = threading.Thread(target=post, args=(service, b"x"))
    caller.start()
    assert service.entered.wait(10)
    yield service
    service.let_go.set()
    caller.join(10)


def post(service: Service, content, **headers: str) -> httpx.Response:
    url = f"http://127.0.0.1:{service.port}/work"
    headers = {"Content-Type": "image/jpeg", **headers}
    return httpx.post(url, content=content, headers=headers, timeout=20, trust_env=False)


def slowly(size: int, seconds: float) -> Iterator[bytes]:
    for _ in range(16):
        yield bytes(size // 16)
        time.sleep(seconds / 16)


async def first_answer(port: int, request: bytes, *, then: bytes = b"") -> bytes:
    """Send the beginning of a request, read what is answered to it, send the rest."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    writer.write(then)
    rest = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    return answer + rest


def head(length: int, **more: str) -> bytes:
    lines = {"Host": "x", "Content-Type": "image/jpeg", "Content-Length": str(length), **more}
    text = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
    return f"POST /work HTTP/1.1\r\n{text}\r\n".encode()


@pytest.mark.parametrize("size", [1, 100_000, LARGE])
def test_a_full_service_refuses_and_the_answer_arrives_however_large_the_body(busy, size):
    answer = post(busy, bytes(size))

    assert (answer.status_code, answer.json()["type"]) == (503, "busy")
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers.get("Connection") == ("close" if size > 2**20 else None)
    until(lambda: busy.sample("stayrank_problems_total", type="busy") == 1)
    assert busy.sample("http_requests_total", route="/work", method="POST", status="503") == 1


def test_a_refusal_at_a_glance_is_answered_and_counted_as_any_other(busy):
    passing = {"date", "x-request-id", "server-timing"}

    first, second = (post(busy, b"x", **{"X-Request-ID": f"call-{n}"}) for n in (1, 2))

    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert second.headers["X-Request-ID"] == "call-2"
    assert {**first.headers}.keys() - passing == {**second.headers}.keys() - passing
    assert "server-timing" not in second.headers  # there are no stages to tell of
    assert busy.sample("stayrank_problems_total", type="busy") == 2
    labels = {"route": "/work", "method": "POST", "status": "503"}
    until(lambda: busy.sample("http_requests_total", **labels) == 2)
    assert busy.sample("http_request_duration_seconds_count", route="/work") == 2


def test_it_refuses_a_body_without_length_and_one_that_comes_slowly(busy):
    size = 4 * 2**20
    assert post(busy, slowly(size, 0.5)).status_code == 503
    assert post(busy, slowly(size, 0.5), **{"Content-Length": str(size)}).status_code == 503


def test_it_answers_before_the_body_has_come(busy):
    body = bytes(3 * 2**20)

    answer = asyncio.run(first_answer(busy.port, head(len(body)), then=body))

    assert answer.startswith(b"HTTP/1.1 503")
    assert b"connection: close" in answer
    assert answer.endswith(b"}")


def test_a_caller_that_asks_before_it_sends_need_not_send(busy):
    answer = asyncio.run(first_answer(busy.port, head(LARGE, Expect="100-continue")))

    assert answer.startswith(b"HTTP/1.1 503")
    assert b"100 Continue" not in answer


def test_the_connection_of_a_small_refused_call_is_used_again(busy):
    async def twice() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", busy.port)
        answers = b""
        for _ in range(2):
            writer.write(head(3) + b"abc")
            answers += await asyncio.wait_for(reader.readuntil(b"}"), 10)
        writer.close()
        return answers

    assert asyncio.run(twice()).count(b"HTTP/1.1 503") == 2


def test_routes_that_take_no_photos_are_never_refused(busy):
    assert httpx.get(f"http://127.0.0.1:{busy.port}/names", trust_env=False).json() == []


def test_work_ends_when_its_caller_goes_and_its_place_is_free_again(service):
    with socket.create_connection(("127.0.0.1", service.port)) as caller:
        caller.sendall(head(1) + b"x")
        assert service.entered.wait(10)
    until(lambda: service.ended)

    assert service.ended == [False]
    until(lambda: service.sample("stayrank_photos_waiting") == 0)
    until(lambda: service.sample("http_requests_total", route="/work", method="POST", status="499"))
    service.let_go.set()
    assert post(service, b"x").status_code == 200


def test_the_deadline_that_a_caller_states_is_in_force(service):
    service.let_go.set()
    assert post(service, b"x", **{"X-Request-Timeout-Ms": "5000"}).status_code == 200
    assert post(service, b"x", **{"X-Request-Timeout-Ms": "99999999"}).status_code == 200
    assert 2 < service.remaining[0] < 5
    assert 27 < service.remaining[1] <= 30  # no longer than the service allows

    service.let_go.clear()
    late = post(service, b"x", **{"X-Request-Timeout-Ms": "200"})
    assert (late.status_code, late.json()["type"]) == (504, "deadline")

    none = post(service, b"x", **{"X-Request-Timeout-Ms": "0"})
    assert (none.status_code, none.json()["type"]) == (503, "unreachable-deadline")


@pytest.mark.parametrize("value", ["soon", "-1", "1.5", "", "1e3", "9" * 30])
def test_a_deadline_that_is_no_number_is_refused_with_its_name(service, value):
    answer = post(service, b"x", **{"X-Request-Timeout-Ms": value})

    assert (answer.status_code, answer.json()["type"]) == (422, "malformed-request")
    assert "X-Request-Timeout-Ms" in answer.json()["detail"]
