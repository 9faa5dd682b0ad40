"""Calls that offer another protocol: answered in HTTP/1.1, as if they had not.

Java's client offers HTTP/2 with each call, and a server may ignore it (RFC 9110, 7.8). httptools
stops behind such a head, and what follows is the next call to it: a body would be lost, and what
stands in it would be answered past the proxy in front.
"""

from __future__ import annotations

from typing import Protocol

from httptools import HttpParserUpgrade, HttpRequestParser


class _Reading(Protocol):
    """What is known of the call that is read."""

    url: bytes
    headers: list[tuple[bytes, bytes]]


class PlainParser:
    """httptools' parser, which reads a call with `Upgrade` again without it.

    Its callbacks must do nothing at the end of such a head while `should_upgrade` says so.

    Args:
        parser: What parses.
        call: What its callbacks fill.
    """

    def __init__(self, parser: HttpRequestParser, call: _Reading) -> None:
        self._call = call
        self._use(parser)

    def _use(self, parser: HttpRequestParser) -> None:
        self._parser = parser
        self.get_method, self.get_http_version = parser.get_method, parser.get_http_version
        self.should_keep_alive = parser.should_keep_alive

    def should_upgrade(self) -> bool:
        """Whether the call is to be read again; one that wants a tunnel has no other meaning."""
        return self._parser.should_upgrade() and self.get_method() != b"CONNECT"

    def feed_data(self, data: bytes) -> None:
        """Parse what came next.

        Raises:
            HttpParserError: It is no HTTP.
            HttpParserUpgrade: It asks for a tunnel.
        """
        rest = memoryview(data)  # any number of calls may stand in one piece: none is copied
        while rest:
            try:
                self._parser.feed_data(rest)
            except HttpParserUpgrade as upgrade:
                if not self.should_upgrade():
                    raise
                (end,) = upgrade.args
                rest, head = rest[end:], self._head()
                # One that has read `Connection: close`, or 1.0, would take nothing more.
                self._use(HttpRequestParser(self._call))
                self._parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn
                self._parser.feed_data(head)
            else:
                return

    def _head(self) -> bytes:
        lines = [b"%b %b HTTP/%b" % (self.get_method(), self._call.url, self._version())]
        lines += [b"%b: %b" % header for header in self._call.headers if header[0] != b"upgrade"]
        return b"\r\n".join([*lines, b"", b""])

    def _version(self) -> bytes:
        return self.get_http_version().encode()
