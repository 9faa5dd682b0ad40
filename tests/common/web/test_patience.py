"""Raw sockets against a real server: what a client may not do to it."""

import asyncio
import json
import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack

import pytest
import uvicorn
from fastapi import FastAPI, Request

from stayrank_common.web.patience import MAX_HEADER_BYTES, PatientProtocol
from stayrank_common.web.uploads import Photos

SHORT_S = 0.4
POST = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: image/png\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
PROBE = b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"


class Server:
    """A service that runs, and its clients."""

    def __init__(self, app: FastAPI, server: uvicorn.Server, running: ExitStack) -> None:
        self.app, self._server, self._running = app, server, running

    def connect(self, sent: bytes = b"") -> socket.socket:
        client = socket.create_connection(("127.0.0.1", self._server.config.port), timeout=20)
        self._running.enter_context(client)
        client.sendall(sent)
        return client

    def metric(self, name: str, **labels: str) -> float | None:
        return self.app.state.metrics.registry.get_sample_value(name, labels)

    @property
    def connections(self) -> int:
        return len(self._server.server_state.connections)


def until(condition: Callable[[], object]) -> None:
    for _ in range(2000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it never comes true")


def answer(client: socket.socket) -> tuple[int, dict]:
    """Read one answer."""
    content = b""
    while b"\r\n\r\n" not in content:
        piece = client.recv(65536)
        assert piece, f"closed after {content!r}"
        content += piece
    head, _, body = content.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    (length,) = [int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length")]
    while len(body) < length:
        body += client.recv(65536)
    return int(head.split()[1]), json.loads(body)


def drip(client: socket.socket, piece: bytes, pause_s: float) -> int:
    """Send a piece again and again until something comes back; answers the bytes sent."""
    for sent in range(2000):
        if select.select([client], [], [], pause_s)[0]:
            return sent * len(piece)
        client.sendall(piece)
    raise AssertionError("nothing ever comes back")


def is_closed(client: socket.socket) -> bool:
    try:
        return client.recv(1) == b""
    except ConnectionError:
        return True


@pytest.fixture
def serve(make_app, serving):
    """Start a service: `serve(max_connections=2)`."""
    running = ExitStack()

    def start(**settings) -> Server:
        app = make_app(**{"idle_timeout_s": SHORT_S, **settings})
        app.state.stopped = threading.Event()

        @app.post("/wait")
        async def wait(request: Request, photos: Photos) -> str:
            try:
                async with request.app.state.admission.admit(len(photos)):
                    await asyncio.sleep(60)
            finally:
                app.state.stopped.set()
            return "done"

        @app.get("/long")
        async def long() -> str:
            return "x" * 50_000_000

        http = PatientProtocol.within(app.state.settings)
        return Server(app, running.enter_context(serving(app, http=http, ws="none")), running)

    with running:
        yield start


@pytest.fixture
def server(serve) -> Server:
    return serve()


def test_a_call_that_offers_another_protocol_keeps_its_body_and_the_connection(server):
    offer = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
    client = server.connect(POST + offer + b"Content-Length: 5\r\n\r\nphoto")

    assert answer(client) == (200, [["0", "photo"]])
    client.sendall(PROBE)
    assert answer(client)[0] == 200


def test_a_connection_that_brings_nothing_is_closed_without_a_word(server):
    assert is_closed(server.connect())


@pytest.mark.parametrize(
    "sent", [b"G", b"GET /livez HTTP/1.1\r\n", b"GET /livez HTTP/1.1\r\nHost: a\r\nX-Slow: "]
)
def test_headers_that_never_end_are_a_408(server, sent):
    client = server.connect(sent)

    status, problem = answer(client)

    assert (status, problem["type"]) == (408, "slow-headers")
    assert is_closed(client)


def test_headers_that_drip_in_are_no_excuse(server):
    client = server.connect(b"GET /livez HTTP/1.1\r\nX: ")

    drip(client, b"x", SHORT_S / 8)

    assert answer(client)[0] == 408


def test_headers_after_an_answer_have_to_come_in_time_too(server):
    client = server.connect(PROBE)
    assert answer(client)[0] == 200

    client.sendall(b"GET /livez HTTP/1.1\r\n")

    assert answer(client)[0] == 408


def test_a_connection_that_rests_between_calls_is_kept(server):
    client = server.connect(PROBE)
    assert answer(client)[0] == 200
    time.sleep(3 * SHORT_S)

    client.sendall(PROBE)

    assert answer(client)[0] == 200


def test_headers_without_end_are_a_431(serve):
    client = serve(idle_timeout_s=60).connect(b"GET /livez HTTP/1.1\r\n")

    sent = drip(client, b"X-Long: " + b"x" * 990 + b"\r\n", 0.01)

    status, problem = answer(client)
    assert (status, problem["type"]) == (431, "headers-too-large")
    assert MAX_HEADER_BYTES < sent < 3 * MAX_HEADER_BYTES


def test_trailers_without_end_are_a_431_too(serve):
    client = serve(idle_timeout_s=60).connect(CHUNKED + b"1\r\nx\r\n0\r\n")

    sent = drip(client, b"X-Long: " + b"x" * 990 + b"\r\n", 0.01)

    assert answer(client)[0] == 431
    assert MAX_HEADER_BYTES < sent < 3 * MAX_HEADER_BYTES


@pytest.mark.parametrize(
    ("number", "size", "status"), [(1, 65_000, 200), (1, 65_600, 431), (190, 9, 200), (201, 9, 431)]
)
def test_headers_that_come_in_one_piece_are_bounded_too(server, number, size, status):
    headers = b"".join(b"X-%d: %s\r\n" % (n, b"x" * size) for n in range(number))

    assert answer(server.connect(PROBE[:-2] + headers + b"\r\n"))[0] == status


@pytest.mark.parametrize("sent", [b"\x16\x03\x01\x02\x00\x01", b"GET\r\n\r\n", b"\xff" * 100])
def test_what_is_no_http_is_a_problem_too(server, sent):
    client = server.connect(sent)

    status, problem = answer(client)

    assert (status, problem["type"]) == (400, "bad-request")


@pytest.mark.parametrize(
    "sent",
    [
        POST + b"Content-Length: 1000\r\n\r\n",
        POST + b"Content-Length: 1000\r\n\r\nhalf",
        CHUNKED,
        CHUNKED + b"5\r\nhel",
        CHUNKED + b"5\r\nhello\r\n",
        POST.replace(b"image/png", b"multipart/form-data; boundary=X")
        + b"Content-Length: 1000\r\n\r\n--X\r\nContent-Disp",
        POST.replace(b"image/png", b"application/json") + b'Content-Length: 1000\r\n\r\n{"images"',
    ],
)
def test_a_body_that_stays_away_is_a_408_and_then_the_connection_ends(server, sent):
    client = server.connect(sent)

    status, problem = answer(client)

    assert (status, problem["type"]) == (408, "slow-body")
    assert is_closed(client)
    until(lambda: server.metric("stayrank_body_bytes_held") == 0)


def test_a_body_that_drips_in_ends_with_the_time_of_a_whole_body(serve):
    client = serve(upload_timeout_s=2 * SHORT_S).connect(CHUNKED)

    drip(client, b"1\r\nx\r\n", SHORT_S / 8)

    status, problem = answer(client)
    assert (status, problem["type"]) == (408, "slow-body")


def test_a_chunked_body_without_a_length_is_cut_at_the_limit(serve):
    server = serve(max_photo_bytes=1024, max_body_bytes=100_000)
    form = CHUNKED.replace(b"image/png", b"multipart/form-data; boundary=X")
    client = server.connect(form)

    try:
        for _ in range(2000):  # 20 MB, were they taken
            client.sendall(b"2710\r\n" + b"x" * 10_000 + b"\r\n")
    except ConnectionError:
        pass  # what was answered may be lost with the connection
    else:
        assert answer(client)[0] in {413, 422}
    until(lambda: server.connections == 0)
    assert server.metric("stayrank_body_bytes_held") == 0


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, identity", "x-odd"])
def test_a_compressed_body_is_a_415_before_it_is_read(server, coding):
    head = POST + f"Content-Encoding: {coding}\r\nContent-Length: 1000000\r\n\r\n".encode()
    client = server.connect(head)

    status, problem = answer(client)

    assert (status, problem["type"]) == (415, "unsupported-media-type")
    assert coding.split(",")[0] in problem["detail"]


def test_a_plain_body_may_say_so(server):
    client = server.connect(POST + b"Content-Encoding: identity\r\nContent-Length: 1\r\n\r\nx")

    assert answer(client) == (200, [["0", "x"]])


def test_a_client_that_goes_away_while_it_waits_frees_its_place(serve):
    server = serve(idle_timeout_s=60)
    wait = POST.replace(b"/echo", b"/wait") + b"Content-Length: 5\r\n\r\nphoto"
    client = server.connect(wait)
    until(lambda: server.metric("stayrank_photos_waiting") == 1)
    assert server.metric("stayrank_body_bytes_held") == 5

    client.close()

    assert server.app.state.stopped.wait(20)
    until(lambda: server.metric("stayrank_body_bytes_held") == 0)
    assert server.metric("stayrank_photos_waiting") == 0
    labels = {"route": "/wait", "method": "POST", "status": "499"}
    until(lambda: server.metric("http_requests_total", **labels) == 1)


def test_a_client_that_goes_away_in_its_body_frees_its_memory(serve):
    server = serve(idle_timeout_s=60)
    client = server.connect(CHUNKED + b"3e8\r\n" + b"x" * 1000 + b"\r\n")
    until(lambda: server.metric("stayrank_body_bytes_held") == 1000)

    client.close()

    until(lambda: server.metric("stayrank_body_bytes_held") == 0)


def test_a_client_that_takes_no_answer_is_left(server):
    client = server.connect(b"GET /long HTTP/1.1\r\nHost: a\r\n\r\n")
    until(lambda: server.connections == 1)

    until(lambda: server.connections == 0)

    assert client.recv(10)  # what was on its way


def test_one_connection_too_many_is_a_503_and_one_that_ends_makes_room(serve):
    server = serve(max_connections=2, idle_timeout_s=60)
    first, _ = [server.connect() for _ in range(2)]
    until(lambda: server.connections == 2)

    third = server.connect()

    status, problem = answer(third)
    assert (status, problem["type"]) == (503, "busy")
    assert is_closed(third)
    first.close()
    until(lambda: server.connections < 2)
    assert answer(server.connect(PROBE))[0] == 200


def test_bodies_of_all_calls_together_have_a_limit(serve):
    server = serve(max_held_bytes=2**20, idle_timeout_s=60)
    half = b"c0000\r\n" + b"x" * 0xC0000 + b"\r\n"
    server.connect(CHUNKED + half)
    until(lambda: server.metric("stayrank_body_bytes_held") == 0xC0000)

    status, problem = answer(server.connect(CHUNKED + half))

    assert (status, problem["type"]) == (503, "busy")
    until(lambda: server.metric("stayrank_body_bytes_held") == 0xC0000)


def test_an_upgrade_to_a_websocket_leads_nowhere(server):
    upgrade = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n"
    client = server.connect(PROBE[:-2] + upgrade)

    assert answer(client)[0] == 200  # the call itself, as if nothing else had been asked for


def test_an_old_connection_ends_with_its_next_answer_so_that_new_pods_get_calls(serve, monkeypatch):
    client = serve(idle_timeout_s=10).connect(PROBE)
    assert answer(client)[0] == 200
    monkeypatch.setattr(PatientProtocol, "_old_s", -1)  # the clock goes by milliseconds
    client.sendall(PROBE)
    received = b"".join(iter(lambda: client.recv(65536), b""))
    assert received.startswith(b"HTTP/1.1 200")
    assert b"\r\nconnection: close\r\n" in received.lower()
