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

NOT_PUBLIC = """
    0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.254 127.0.0.1 127.1.2.3
    127.255.255.255 169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.254 192.0.0.1
    192.0.0.8 192.0.0.9 192.0.0.100 192.0.0.170 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1
    192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 224.0.0.251
    233.252.0.1 239.255.255.250 240.0.0.1 254.255.255.255 255.255.255.255 :: ::1 ::2 ::7f00:1
    ::127.0.0.1 ::10.0.0.1 ::169.254.169.254 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1
    ::ffff:169.254.169.254 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::127.0.0.1 64:ff9b::10.0.0.1
    64:ff9b::169.254.169.254 64:ff9b::8.8.8.8 64:ff9b:1::10.0.0.1 64:ff9b:1:ffff::1 100::1
    100:0:0:1::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:1::1 2001:2::1 2001:3::1
    2001:4:112::1 2001:10::1 2001:20::1 2001:30::1 2001:db8::1 2001:db8:ffff::1 2002::1
    2002:7f00:1::1 2002:a00:1::1 2002:a9fe:a9fe::1 2002:808:808::1 2606:4700::5efe:10.0.0.1
    2606:4700::200:5efe:127.0.0.1 2606:4700::200:5efe:8.8.8.8 3fff::1 3fff:fff::1 4000::1 5f00::1
    fc00::1 fd00::1 fd00:ec2::254 fe80::1 fe80::5efe:10.0.0.1 febf::1 fec0::1 feff::1 ff01::1
    ff02::1 ff02::fb ff05::1:3 ff0e::1
"""

IS_PUBLIC = """
    1.1.1.1 8.8.8.8 93.184.216.34 100.63.255.255 100.128.0.1 172.15.255.255 172.32.0.1 192.0.1.1
    192.167.255.255 192.169.0.1 198.17.255.255 198.20.0.1 223.255.255.254 2606:4700:4700::1111
    2001:4860:4860::8888 2a00:1450:4001:81b::200e 2400:cb00::1 2003::1
"""

# Not one of them may lead to a connection although `img.example.com` is allowed.
FORBIDDEN_URLS = """
    ftp://img.example.com/a.jpg file:///etc/passwd gopher://img.example.com/
    data:image/png;base64,aGk= javascript:alert(1) ws://img.example.com/
    dict://img.example.com:11211/ jar:http://img.example.com!/ //img.example.com/a.jpg
    img.example.com/a.jpg /a.jpg http:///a.jpg http:/img.example.com/ http:
    http://evil.example.com/ http://example.com/ http://img.example.com.evil.org/
    http://ximg.example.com/ http://img.example.com./ http://img-example.com/ http://com/
    http://img.example.com:8080/ http://img.example.com:22/ http://img.example.com:0/
    https://img.example.com:80/ http://img.example.com:443/ http://img.example.com:65536/
    http://img.example.com:-1/ http://img.example.com:a/ http://img.example.com:80:80/
    http://user@img.example.com/ http://user:pass@img.example.com/ http://@img.example.com/
    http://:@img.example.com/ http://img.example.com@127.0.0.1/
    http://img.example.com:80@127.0.0.1/ http://img.example.com%40127.0.0.1/
    http://img.example.com%2f@127.0.0.1/ http://127.0.0.1\\@img.example.com/
    http://img.example.com\\@127.0.0.1/ http://127.0.0.1#@img.example.com/
    http://127.0.0.1?@img.example.com/ http://img.example.com%00.evil.org/
    http://img.example.com%20/ http://img%2eexample%2ecom/ http://127.0.0.1/ http://localhost/
    http://0/ http://0.0.0.0/ http://127.1/ http://127.0.1/ http://2130706433/ http://0x7f000001/
    http://0x7f.0.0.1/ http://0177.0.0.1/ http://017700000001/ http://0x7f.1/
    http://127.0.0.1.nip.io/ http://169.254.169.254/latest/meta-data/ http://2852039166/
    http://0xA9FEA9FE/ http://0251.0376.0251.0376/ http://[::1]/ http://[::]/
    http://[::ffff:127.0.0.1]/ http://[::ffff:a9fe:a9fe]/ http://[64:ff9b::a9fe:a9fe]/
    http://[fe80::1%25eth0]/ http://[fd00:ec2::254]/ http://[::1]:80/ http://[img.example.com]/
    http://[::1 http://::1/ http://metadata.google.internal/ http://metadata/
    http://kubernetes.default/ http://①②⑦.⓪.⓪.①/ http://ⓛocalhost/ http://127。0。0。1/
    http://img。example。com/ http://img.example.com\uff0f@127.0.0.1/ http://img.example.com℀.evil.org/
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


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_an_address_inside_some_network_is_not_public(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", IS_PUBLIC.split())
def test_an_address_of_the_internet_is_public(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_an_allowed_host_at_a_forbidden_address_is_not_connected_to(internet, address):
    internet.addresses[HOST] = [[address]]

    with pytest.raises(ForbiddenUrlError, match="not public"):
        internet.fetch(f"https://{HOST}/a.jpg")

    assert internet.requests == []


@pytest.mark.parametrize("url", FORBIDDEN_URLS.split())
def test_a_forbidden_url_leads_to_no_look_up_and_no_connection(internet, url):
    with pytest.raises(ForbiddenUrlError):
        internet.fetch(url)

    assert internet.lookups == []
    assert internet.requests == []


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "::1", "::ffff:10.0.0.1"],
)
def test_an_operator_who_allows_a_local_address_gets_no_connection_either(host):
    """Asks the real resolver, which reads dword, octal and hex."""
    internet = Internet()
    url = f"http://[{host}]/" if ":" in host else f"http://{host}/"

    with pytest.raises(ForbiddenUrlError, match="not public"):
        internet.fetch(url, hosts=[host])

    assert internet.requests == []


def test_one_forbidden_address_among_several_is_enough(internet):
    internet.addresses[HOST] = [[PUBLIC, "10.0.0.1"]]

    with pytest.raises(ForbiddenUrlError):
        internet.fetch(f"http://{HOST}/")

    assert internet.requests == []


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


def test_a_name_that_answers_otherwise_the_second_time_changes_nothing(internet, monkeypatch):
    """The socket itself goes to the address that was checked (no DNS rebinding)."""
    internet.addresses[HOST] = [[PUBLIC], ["127.0.0.1"]]
    internet.transport = None
    connections = []

    async def connect(_, __, host=None, port=None, **options):
        connections.append((host, port))
        raise OSError("no network in tests")

    monkeypatch.setattr(asyncio.BaseEventLoop, "create_connection", connect)

    with pytest.raises(PhotoFetchError, match="ConnectError"):
        internet.fetch(f"http://{HOST}/a.jpg")

    assert connections == [(PUBLIC, 80)]
    assert internet.lookups == [HOST]


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


@pytest.mark.parametrize(
    "target", [url for url in FORBIDDEN_URLS.split() if ":" in url and not url.startswith("jar")]
)
def test_a_redirect_to_a_forbidden_url_is_not_followed(internet, target):
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers=[(b"location", target.encode())])

    internet.answer = answer

    with pytest.raises(PhotoFetchError):
        internet.fetch(f"http://{HOST}/a.jpg")

    assert all(request.url.host == PUBLIC for request in internet.requests)
    assert all(request.url.port is None for request in internet.requests)


def test_a_redirect_to_a_host_that_has_moved_inside_is_not_followed(internet):
    internet.addresses[HOST] = [[PUBLIC], ["169.254.169.254"]]
    internet.answer = redirects("/latest/meta-data/")

    with pytest.raises(ForbiddenUrlError, match="not public"):
        internet.fetch(f"http://{HOST}/a.jpg")

    assert len(internet.requests) == 1


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
