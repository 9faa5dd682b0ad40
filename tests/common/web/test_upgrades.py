"""Calls with `Upgrade` mean what they mean without it, in whatever pieces they come."""

import itertools

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_common.web.upgrades import PlainParser

OFFERS = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n"
SMUGGLED = b"GET /secret HTTP/1.1\r\n\r\n"
LENGTH = b"Content-Length: %d\r\n\r\n%b" % (len(SMUGGLED), SMUGGLED)
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(SMUGGLED), SMUGGLED)
CALLS = st.lists(
    st.sampled_from(
        [
            b"POST /tag HTTP/1.1\r\n" + LENGTH,
            b"POST /tag HTTP/1.1\r\n" + OFFERS + LENGTH,
            b"POST /tag HTTP/1.1\r\n" + OFFERS + CHUNKED,
            b"GET /livez HTTP/1.1\r\nX: y\r\n" + OFFERS + b"\r\n",
            b"GET /page HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
        ]
    ),
    max_size=5,
)


class Calls:
    """Notes the calls that are read, as the protocol of a service does."""

    def __init__(self, *, plain: bool) -> None:
        self.read: list[tuple[bytes, bytes, bytes]] = []
        parser = httptools.HttpRequestParser(self)
        self.parser = PlainParser(parser, self) if plain else parser

    def on_message_begin(self) -> None:
        self.url, self.body, self.headers = b"", b"", []

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self.keeps_alive = self.parser.should_keep_alive()

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        if not self.parser.should_upgrade():
            self.read.append((self.parser.get_method(), self.url, self.body))


@given(CALLS, st.lists(st.integers(0, 900), max_size=8))
def test_an_offer_of_another_protocol_changes_no_call(calls, cuts):
    whole = b"".join(calls)
    places = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    offered, plain = Calls(plain=True), Calls(plain=False)

    for start, end in itertools.pairwise(places):
        offered.parser.feed_data(whole[start:end])
    plain.parser.feed_data(whole.replace(b"Upgrade: ", b"Nothing: "))

    assert offered.read == plain.read
    assert len(offered.read) == len(calls)


@pytest.mark.parametrize(
    ("version", "connection"), [("1.1", "Upgrade, close"), ("1.0", "Upgrade"), ("1.0", "close")]
)
@pytest.mark.parametrize("body", [LENGTH, CHUNKED])
def test_an_offer_with_the_last_call_of_a_connection_changes_nothing(version, connection, body):
    head = f"POST /tag HTTP/{version}\r\nUpgrade: websocket\r\nConnection: {connection}\r\n"
    calls = Calls(plain=True)

    calls.parser.feed_data(head.encode() + body)

    assert calls.read == [(b"POST", b"/tag", SMUGGLED)]
    assert not calls.keeps_alive


def test_thousands_of_offers_in_one_piece_are_read_as_any_others():
    calls = Calls(plain=True)

    calls.parser.feed_data(5000 * (b"GET /livez HTTP/1.1\r\n" + OFFERS + b"\r\n"))

    assert calls.read == 5000 * [(b"GET", b"/livez", b"")]


def test_what_is_no_http_or_asks_for_a_tunnel_is_told():
    for sent, error in (
        (b"\0\r\n", httptools.HttpParserError),
        (b"CONNECT a:443 HTTP/1.1\r\n\r\n", httptools.HttpParserUpgrade),
    ):
        with pytest.raises(error):
            Calls(plain=True).parser.feed_data(sent)
