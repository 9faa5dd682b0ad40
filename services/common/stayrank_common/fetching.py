"""Photos from URLs, without becoming anybody's way into the network (SSRF).

Only hosts that the operator lists. The name is resolved once, every address is checked, and the
connection goes to the checked address itself, so that a second look-up cannot answer otherwise
(DNS rebinding). Redirects are followed by hand, each hop checked like the first.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Iterable
from functools import cache
from urllib.parse import urljoin, urlsplit

import httpx

from stayrank_common.errors import (
    BodyTooLargeError,
    ForbiddenUrlError,
    OversizedPhotoError,
    PhotoFetchError,
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_REDIRECTS = 3
_CONNECT_TIMEOUT_S = 2.0
_PORTS = {"http": 80, "https": 443}

# All of IPv6 that is given out. Outside lie the ranges that carry an IPv4 address or lead to one
# (IPv4-compatible ::/96, IPv4-mapped ::ffff:0:0/96, NAT64 64:ff9b::/96) and site-local fec0::/10.
_IPV6_UNICAST = ipaddress.ip_network("2000::/3")
# What `is_global` takes for public, in some Python versions at least, and is not.
_SPECIAL = [
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # relays of 6to4
        "2001::/23",  # protocol assignments, Teredo (2001::/32) among them
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
    )
]
_ISATAP = {0x00005EFE, 0x02005EFE}


class Fetcher:
    """Fetches photos from allowed hosts.

    Args:
        allowed_hosts: Host names, exact and in lower case. None at all switches URLs off.
        timeout_s: Seconds that one URL may take, redirects included.
        max_bytes: Size of one photo in bytes.
        max_total_bytes: Size of all photos that this fetcher ever fetches, in bytes.
        transport: Takes the place of the network in tests; names are still resolved.
    """

    def __init__(
        self,
        allowed_hosts: Iterable[str],
        timeout_s: float,
        max_bytes: int,
        max_total_bytes: int,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._allowed = frozenset(host.lower() for host in allowed_hosts)
        self._timeout_s, self._max_bytes = timeout_s, max_bytes
        self._total_bytes, self._max_total_bytes = 0, max_total_bytes
        self._transport = transport

    async def fetch(self, url: str) -> bytes:
        """Return what lies at a URL.

        Raises:
            ForbiddenUrlError: URLs are off, or the host, its port or an address is not allowed.
            OversizedPhotoError: There are more than `max_bytes`.
            PhotoFetchError: It cannot be had, or not in time.
            BodyTooLargeError: All photos together have more than `max_total_bytes`.
        """
        if not self._allowed:
            raise ForbiddenUrlError(
                "photos by URL are switched off; send `data`, or ask the operator to allow hosts"
            )
        timeout = httpx.Timeout(self._timeout_s, connect=_CONNECT_TIMEOUT_S)
        try:
            async with (
                asyncio.timeout(self._timeout_s),
                httpx.AsyncClient(
                    trust_env=False, timeout=timeout, transport=self._transport, verify=_tls()
                ) as client,
            ):
                return await self._follow(client, url)
        except TimeoutError as error:
            raise PhotoFetchError(f"no answer within {self._timeout_s:g} s") from error
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise PhotoFetchError(f"the URL cannot be read: {type(error).__name__}") from error

    async def _follow(self, client: httpx.AsyncClient, url: str) -> bytes:
        for _ in range(1 + MAX_REDIRECTS):
            host, port = self._check_url(url)
            address = await _resolve(host, port)
            target = client.build_request(
                "GET",
                _with_host(url, address),
                headers={"Host": host, "Accept-Encoding": "identity"},  # nothing to inflate
                extensions={"sni_hostname": host},
            )
            response = await client.send(target, stream=True)
            try:
                if response.has_redirect_location:
                    url = urljoin(url, response.headers["location"])
                    continue
                if response.status_code != 200:
                    raise PhotoFetchError(f"the host answered {response.status_code}")
                return await self._read(response)
            finally:
                await response.aclose()
        raise PhotoFetchError(f"more than {MAX_REDIRECTS} redirects")

    def _check_url(self, url: str) -> tuple[str, int]:
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError as error:
            raise ForbiddenUrlError(f"not a URL: {error}") from error
        if parts.scheme not in _PORTS:
            raise ForbiddenUrlError(f"only http and https are fetched, not {parts.scheme!r}")
        if parts.username is not None or parts.password is not None:
            raise ForbiddenUrlError("a URL with user information is not fetched")
        if host not in self._allowed:
            raise ForbiddenUrlError(f"the host {host!r} is not allowed")
        if port not in (None, _PORTS[parts.scheme]):
            raise ForbiddenUrlError(f"the port {port} is not allowed")
        return host, _PORTS[parts.scheme]

    async def _read(self, response: httpx.Response) -> bytes:
        content = bytearray()
        async for chunk in response.aiter_raw():
            content += chunk
            self._total_bytes += len(chunk)
            if len(content) > self._max_bytes:
                raise OversizedPhotoError("bytes", len(content), self._max_bytes)
            if self._total_bytes > self._max_total_bytes:
                raise BodyTooLargeError(self._max_total_bytes)
        return bytes(content)


def is_public(address: Address) -> bool:
    """Whether an address is on the public internet.

    >>> is_public(ipaddress.ip_address("93.184.216.34"))
    True
    >>> [is_public(ipaddress.ip_address(a)) for a in ("10.0.0.1", "100.64.0.1", "::ffff:8.8.8.8")]
    [False, False, False]
    """
    if isinstance(address, ipaddress.IPv6Address):
        carries_ipv4 = (int(address) >> 32) & 0xFFFFFFFF in _ISATAP
        if carries_ipv4 or address not in _IPV6_UNICAST:
            return False
    special = any(address in network for network in _SPECIAL)
    return address.is_global and not (special or address.is_multicast or address.is_reserved)


@cache
def _tls() -> ssl.SSLContext:
    """Reading the certificates takes tens of milliseconds: once, not for each photo."""
    return httpx.create_ssl_context(trust_env=False)


async def _resolve(host: str, port: int) -> Address:
    """Return the address to connect to, once all addresses of the host have been checked."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise PhotoFetchError(f"the host {host!r} is not known") from error
    addresses = [ipaddress.ip_address(entry[4][0]) for entry in found]
    if not all(is_public(address) for address in addresses):
        raise ForbiddenUrlError(f"the host {host!r} has an address that is not public")
    return addresses[0]


def _with_host(url: str, address: Address) -> str:
    netloc = f"[{address}]" if isinstance(address, ipaddress.IPv6Address) else str(address)
    return urlsplit(url)._replace(netloc=netloc).geturl()
