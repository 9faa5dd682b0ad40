"""What a fetch brings; what it must not reach stands in `test_ssrf.py`."""

import asyncio
import ipaddress
import socket
from collections.abc import Callable

import httpx
import pytest

from stayrank_common.errors import (
    BodyTooLargeError,
    ForbiddenUrlError,
    OversizedPhotoError,
    PhotoFetchError,
)
from stayrank_common.fetching import Fetcher, is_public

PUBLIC = "93.184.216.34"
HOST = "img.example.com"

IS_PUBLIC = """
    1.1.1.1 8.8.8.8 93.184.216.34 100.63.255.255 100.128.0.1 172.15.255.255 172.32.0.1 192.0.1.1
    192.167.255.255 192.169.0.1 198.17.255.255 198.20.0.1 223.255.255.254 2606:4700:4700::1111
    2001:4860:4860::8888 2a00:1450:4001:81b::200e 2400:cb00::1 2003::1
"""


class Internet:
    """Names, what lies behind them, and a memory of who was asked."""

    def __init__(self) -> None:
        self.addresses: dict[str, list[list[str]]] = {HOST: [[PUBLIC]]}
        self.answer: Callable[[httpx.Request], httpx.Response] = lambda _: httpx.Response(
            200, stream=httpx.ByteStream(b"photo")
        )
        self.lookups: list[str] = []
        self.requests: list[httpx.Request] = []
        self.transport = httpx.MockTransport(self._serve)

    def _serve(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.answer(request)

    async def look_up(self, _, host, port, **options):
        """Each call takes the next answer; the last one stays."""
        self.lookups.append(host)
        answers = self.addresses.get(host)
        if answers is None:
            raise socket.gaierror(-2, "Name or service not known")
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in addresses]

    def fetch(self, url: str, hosts=(HOST,), max_bytes=1000, max_total_bytes=10_000) -> bytes:
        fetcher = Fetcher(hosts, 5, max_bytes, max_total_bytes, self.transport)
        return asyncio.run(fetcher.fetch(url))


@pytest.fixture
def internet(monkeypatch) -> Internet:
    internet = Internet()

    async def look_up(*args, **options):
        return await internet.look_up(*args, **options)

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", look_up)
    return internet


def redirects(*targets: str) -> Callable[[httpx.Request], httpx.Response]:
    left = list(targets)
    return lambda _: (
        httpx.Response(302, headers={"Location": left.pop(0)})
        if left
        else httpx.Response(200, stream=httpx.ByteStream(b"photo"))
    )


@pytest.mark.parametrize("address", IS_PUBLIC.split())
def test_an_address_of_the_internet_is_public(address):
    assert is_public(ipaddress.ip_address(address))


def test_without_allowed_hosts_urls_are_off(internet):
    with pytest.raises(ForbiddenUrlError, match="switched off"):
        internet.fetch(f"https://{HOST}/a.jpg", hosts=())

    assert internet.lookups == []


def test_a_photo_of_an_allowed_host_is_fetched_from_the_checked_address(internet):
    content = internet.fetch(f"https://{HOST.upper()}/rooms/1.jpg?w=800#top")

    assert content == b"photo"
    (request,) = internet.requests
    assert (request.url.scheme, request.url.host) == ("https", PUBLIC)
    assert request.url.raw_path == b"/rooms/1.jpg?w=800"
    assert request.method == "GET"
    assert request.headers["host"] == HOST
    assert request.extensions["sni_hostname"] == HOST  # the certificate is that of the host
    assert not {"authorization", "cookie", "referer"} & set(request.headers)


def test_an_ipv6_address_is_connected_to_as_well(internet):
    internet.addresses[HOST] = [["2606:4700:4700::1111"]]

    internet.fetch(f"http://{HOST}/a.jpg")

    assert str(internet.requests[0].url) == "http://[2606:4700:4700::1111]/a.jpg"


def test_the_default_port_may_be_named(internet):
    for url in (f"http://{HOST}:80/", f"https://{HOST}:443/"):
        assert internet.fetch(url) == b"photo"


def test_a_redirect_within_the_allowed_hosts_is_followed(internet):
    internet.addresses["cdn.example.com"] = [["8.8.8.8"]]
    internet.answer = redirects("/b.jpg", "//cdn.example.com/c.jpg", "https://cdn.example.com/d")

    content = internet.fetch(f"http://{HOST}/a.jpg", hosts=[HOST, "cdn.example.com"])

    assert content == b"photo"
    assert [str(request.url) for request in internet.requests] == [
        f"http://{PUBLIC}/a.jpg",
        f"http://{PUBLIC}/b.jpg",
        "http://8.8.8.8/c.jpg",
        "https://8.8.8.8/d",
    ]


def test_redirects_in_a_circle_end(internet):
    internet.answer = redirects(*["/again"] * 50)

    with pytest.raises(PhotoFetchError, match="more than 3 redirects"):
        internet.fetch(f"http://{HOST}/a.jpg")

    assert len(internet.requests) == 4


@pytest.mark.parametrize("status", [300, 301, 302, 304, 307, 308])
def test_a_redirect_to_nowhere_is_an_error_of_this_photo(internet, status):
    internet.answer = lambda _: httpx.Response(status)

    with pytest.raises(PhotoFetchError, match=str(status)):
        internet.fetch(f"http://{HOST}/a.jpg")


def test_a_redirect_to_no_url_is_an_error_of_this_photo(internet):
    internet.answer = redirects("http://[bad")

    with pytest.raises(PhotoFetchError):
        internet.fetch(f"http://{HOST}/a.jpg")


@pytest.mark.parametrize("status", [204, 206, 401, 403, 404, 429, 500, 503])
def test_another_answer_than_the_photo_is_an_error_that_names_the_status(internet, status):
    internet.answer = lambda _: httpx.Response(status, content=b"photo")

    with pytest.raises(PhotoFetchError, match=str(status)):
        internet.fetch(f"http://{HOST}/a.jpg")


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("rubbish"),
    ],
)
def test_a_broken_connection_is_an_error_of_this_photo(internet, error):
    def answer(_: httpx.Request) -> httpx.Response:
        raise error

    internet.answer = answer

    with pytest.raises(PhotoFetchError, match=type(error).__name__):
        internet.fetch(f"http://{HOST}/a.jpg")


def test_an_unknown_host_is_an_error_of_this_photo(internet):
    with pytest.raises(PhotoFetchError, match="not known"):
        internet.fetch("http://gone.example.com/a.jpg", hosts=["gone.example.com"])


@pytest.mark.parametrize("host", ["a" * 64 + ".example.com", "xn--\N{SNOWMAN}.example.com"])
def test_a_host_that_is_no_name_is_an_error_of_this_photo(host):
    with pytest.raises(PhotoFetchError):
        Internet().fetch(f"http://{host}/", hosts=[host])


@pytest.mark.parametrize("url", ["http://img.example.com/" + "a" * 70_000, f"http://{HOST}/\x7f"])
def test_a_url_that_cannot_be_sent_is_an_error_of_this_photo(internet, url):
    with pytest.raises(PhotoFetchError):
        internet.fetch(url)


def test_a_host_that_never_answers_is_left_in_time(internet):
    async def answer(_: httpx.Request) -> httpx.Response:
        await asyncio.sleep(60)
        raise AssertionError

    transport = httpx.MockTransport(answer)
    fetcher = Fetcher([HOST], 0.02, 1000, 1000, transport)

    with pytest.raises(PhotoFetchError, match=r"within 0\.02 s"):
        asyncio.run(fetcher.fetch(f"http://{HOST}/a.jpg"))


class Endless(httpx.AsyncByteStream):
    """A body without an end that counts what is read of it."""

    def __init__(self) -> None:
        self.chunks = 0

    async def __aiter__(self):
        while True:
            self.chunks += 1
            yield bytes(100)


def test_a_photo_without_an_end_is_read_up_to_the_limit(internet):
    body = Endless()
    internet.answer = lambda _: httpx.Response(200, stream=body)

    with pytest.raises(OversizedPhotoError) as caught:
        internet.fetch(f"http://{HOST}/a.jpg", max_bytes=1000)

    assert (caught.value.what, caught.value.limit) == ("bytes", 1000)
    assert body.chunks == 11


def test_a_photo_of_just_the_limit_is_fetched(internet):
    internet.answer = lambda _: httpx.Response(200, stream=httpx.ByteStream(bytes(1000)))

    assert len(internet.fetch(f"http://{HOST}/a.jpg", max_bytes=1000)) == 1000


def test_nothing_is_inflated(internet):
    """A small answer that unpacks to gigabytes stays small."""
    bomb = b"\x1f\x8b compressed"
    internet.answer = lambda _: httpx.Response(
        200, stream=httpx.ByteStream(bomb), headers={"Content-Encoding": "gzip"}
    )

    assert internet.fetch(f"http://{HOST}/a.jpg") == bomb
    assert internet.requests[0].headers["accept-encoding"] == "identity"


def test_all_photos_of_a_call_together_have_a_limit(internet):
    internet.answer = lambda _: httpx.Response(200, stream=httpx.ByteStream(bytes(400)))
    fetcher = Fetcher([HOST], 5, 1000, 1000, internet.transport)

    async def fetch_three() -> None:
        for _ in range(3):
            await fetcher.fetch(f"http://{HOST}/a.jpg")

    with pytest.raises(BodyTooLargeError):
        asyncio.run(fetch_three())

    assert len(internet.requests) == 3
