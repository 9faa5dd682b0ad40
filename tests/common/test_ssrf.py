"""Photos by URL against a network that wants to be let in.

All cases run in one process with a toy DNS server (UDP), toy hosts (TCP) and a spy on every
socket. The toy hosts stand for the internet: what the fetcher connects to under an address of the
table `INTERNET` reaches them; any other address would be a packet into somebody's network.
"""

import json
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

HOST = "img.example.com"
TOY = Path(__file__).with_name("toy_internet.py")

ADDRESSES = {
    "this network": "0.0.0.0 0.1.2.3",
    "private": "10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.254 192.168.0.1 192.168.255.255",
    "CGNAT": "100.64.0.1 100.127.255.254",
    "loopback": "127.0.0.1 127.1.2.3 127.255.255.255",
    "link-local, metadata": "169.254.0.1 169.254.169.254 169.254.170.2 169.254.169.253",
    "protocols, documentation": "192.0.0.1 192.0.0.8 192.0.0.9 192.0.0.170 192.0.0.192 192.0.2.1 "
    "192.88.99.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9",
    "multicast": "224.0.0.1 224.0.0.251 233.252.0.1 239.255.255.250",
    "reserved, broadcast": "240.0.0.1 254.255.255.255 255.255.255.255",
    "metadata of clouds": "100.100.100.200 fd00:ec2::254 fd20:ce::254",
    "IPv6 of a machine": ":: ::1 ::2",
    "IPv6 of a network": "fc00::1 fd00::1 fe80::1 febf::1 fec0::1 feff::1",
    "IPv6 multicast": "ff01::1 ff02::1 ff02::fb ff05::1:3 ff0e::1",
    "IPv6 protocols, documentation": "100::1 100:0:0:1::1 2001::1 2001:1::1 2001:2::1 2001:3::1 "
    "2001:4:112::1 2001:10::1 2001:20::1 2001:30::1 2001:db8::1 2001:db8:ffff::1 3fff::1 "
    "3fff:fff::1 4000::1 5f00::1",
}

# IPv6 addresses that carry an IPv4 address, by two of its hexadecimal groups.
FORMS = {
    "IPv4-compatible": "::{high}:{low}",
    "IPv4-mapped": "::ffff:{high}:{low}",
    "IPv4-translated": "::ffff:0:{high}:{low}",
    "NAT64": "64:ff9b::{high}:{low}",
    "NAT64, local": "64:ff9b:1::{high}:{low}",
    "6to4": "2002:{high}:{low}::1",
    "ISATAP": "2606:4700::5efe:{high}:{low}",
    "ISATAP, global": "2606:4700::200:5efe:{high}:{low}",
    "Teredo": "2001:0:4136:e378:8000:63bf:{inverted_high}:{inverted_low}",
}
CARRIED = "127.0.0.1 10.0.0.1 172.16.0.1 192.168.1.1 100.64.0.1 169.254.169.254 0.0.0.0 8.8.8.8"

WITHOUT_HOST = "without a host"  # as a redirect they lead back to where one was
URLS = {
    "schemes": "ftp://img.example.com/a.jpg file:///etc/passwd gopher://img.example.com/ "
    "data:image/png;base64,aGk= javascript:alert(1) ws://img.example.com/ ldap://img.example.com/ "
    "dict://img.example.com:11211/ jar:http://img.example.com!/",
    WITHOUT_HOST: "//img.example.com/a.jpg img.example.com/a.jpg /a.jpg http:///a.jpg "
    "http:/img.example.com/ http:",
    "other hosts": "http://evil.example.com/ http://example.com/ http://img.example.com.evil.org/ "
    "http://ximg.example.com/ http://img.example.com./ http://img-example.com/ http://com/ "
    "http://localhost/ http://metadata.google.internal/ http://metadata/ "
    "http://kubernetes.default/ http://127.0.0.1.nip.io/",
    "ports": "http://img.example.com:8080/ http://img.example.com:22/ http://img.example.com:0/ "
    "https://img.example.com:80/ http://img.example.com:443/ http://img.example.com:65536/ "
    "http://img.example.com:-1/ http://img.example.com:a/ http://img.example.com:80:80/",
    "user information": "http://user@img.example.com/ http://user:pass@img.example.com/ "
    "http://@img.example.com/ http://:@img.example.com/ http://img.example.com@127.0.0.1/ "
    "http://img.example.com:80@127.0.0.1/ http://img.example.com%40127.0.0.1/ "
    "http://img.example.com%2f@127.0.0.1/ http://127.0.0.1\\@img.example.com/ "
    "http://img.example.com\\@127.0.0.1/ http://127.0.0.1#@img.example.com/ "
    "http://127.0.0.1?@img.example.com/",
    "odd characters": "http://img.example.com%00.evil.org/ http://img.example.com%20/ "
    "http://img%2eexample%2ecom/ http://[img.example.com]/ http://[::1 http://::1/",
    "decimal, octal, hexadecimal": "http://127.0.0.1/ http://0/ http://0.0.0.0/ http://127.1/ "
    "http://127.0.1/ http://2130706433/ http://0x7f000001/ http://0x7f.0.0.1/ http://0177.0.0.1/ "
    "http://017700000001/ http://0x7f.1/ http://169.254.169.254/latest/meta-data/ "
    "http://2852039166/ http://0xA9FEA9FE/ http://0251.0376.0251.0376/",
    "IPv6": "http://[::1]/ http://[::]/ http://[::ffff:127.0.0.1]/ http://[::ffff:a9fe:a9fe]/ "
    "http://[64:ff9b::a9fe:a9fe]/ http://[fe80::1%25eth0]/ http://[fd00:ec2::254]/ "
    "http://[::1]:80/",
    "IDNA": "http://①②⑦.⓪.⓪.①/ http://ⓛocalhost/ http://127。0。0。1/ http://img。example。com/ "
    "http://img.example.com\uff0f@127.0.0.1/ http://img.example.com℀.evil.org/ "
    "http://xn--mg-jja.example.com/ http://\u0131mg.example.com/ http://img.ex\u0430mple.com/",
}

# An operator who lists these gets no connection either: the resolver reads all notations.
LISTED = (
    "127.0.0.1 127.1 2130706433 0x7f000001 0177.0.0.1 0 169.254.169.254 2852039166 0xA9FEA9FE "
    "0251.0376.0251.0376 10.1 ::1 ::ffff:10.0.0.1 64:ff9b::a9fe:a9fe fd00:ec2::254"
)


def carrying(form: str, ipv4: str) -> str:
    a, b, c, d = map(int, ipv4.split("."))
    high, low = a << 8 | b, c << 8 | d
    return FORMS[form].format(
        high=f"{high:x}",
        low=f"{low:x}",
        inverted_high=f"{high ^ 0xFFFF:x}",
        inverted_low=f"{low ^ 0xFFFF:x}",
    )


def case(kind, what, url, *, dns=None, hosts=(HOST,), redirects=(), reached=()):
    """A row of the table.

    dns: name → answers, one a question, the last again and again; each a list of addresses.
    redirects: what the toy hosts answer with, in turn. reached: whom it may connect to.
    """
    return {
        "id": f"{kind}: {what}",
        "url": url,
        "dns": dns or {HOST: [["93.184.216.34"]]},
        "hosts": list(hosts),
        "redirects": list(redirects),
        "reached": [list(place) for place in reached],
    }


PUBLIC = ("93.184.216.34", 80)
SAFE = {HOST: [["93.184.216.34"]], "cdn.example.com": [["8.8.8.8"]]}


def table():
    for kind, addresses in ADDRESSES.items():
        for address in addresses.split():
            yield case(kind, address, f"http://{HOST}/", dns={HOST: [[address]]})
    for form, ipv4 in product(FORMS, CARRIED.split()):
        address = carrying(form, ipv4)
        yield case(form, f"{ipv4} as {address}", f"http://{HOST}/", dns={HOST: [[address]]})
    for kind, urls in URLS.items():
        for url in urls.split():
            yield case(kind, url, url)
            if kind != WITHOUT_HOST:
                yield case(
                    f"redirect, {kind}", url, f"http://{HOST}/", redirects=[url], reached=[PUBLIC]
                )
    for host in LISTED.split():
        url = f"http://[{host}]/" if ":" in host else f"http://{host}/"
        yield case("listed by the operator", host, url, hosts=[host])
    for others in (["10.0.0.1"], ["::1"], ["8.8.8.8", "169.254.169.254"]):
        mixed = {HOST: [["93.184.216.34", *others]]}
        yield case("one of several addresses", " ".join(others), f"http://{HOST}/", dns=mixed)
    for inside in ("127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "::ffff:7f00:1"):
        rebound = {HOST: [["93.184.216.34"], [inside]]}
        yield case(
            "rebinding between two hops",
            inside,
            f"http://{HOST}/",
            dns=rebound,
            redirects=["/again"],
            reached=[PUBLIC],
        )
        chain = ["//cdn.example.com/b", f"http://{HOST}/c", f"http://[{inside}]/"]
        yield case(
            "redirect, at the end of a chain",
            inside,
            f"http://{HOST}/",
            dns=SAFE,
            hosts=[HOST, "cdn.example.com"],
            redirects=chain,
            reached=[PUBLIC, ("8.8.8.8", 80), PUBLIC],
        )
    yield case(
        "redirect", "a fourth one", f"http://{HOST}/", redirects=["/"] * 9, reached=[PUBLIC] * 4
    )
    yield case("off", "no host is allowed", f"http://{HOST}/", hosts=[])


CASES = list(table())
# What must work, or refusing all would pass.
WORKS = [
    case("works", "a photo", f"http://{HOST}/", reached=[PUBLIC]),
    case("works", "upper case", f"http://{HOST.upper()}/", reached=[PUBLIC]),
    case("works", "its own port", f"http://{HOST}:80/", reached=[PUBLIC]),
    case(
        "works",
        "three redirects",
        f"http://{HOST}/",
        dns=SAFE,
        hosts=[HOST, "cdn.example.com"],
        redirects=["/b", "//cdn.example.com/c", f"http://{HOST}/d"],
        reached=[PUBLIC, PUBLIC, ("8.8.8.8", 80), PUBLIC],
    ),
    case(
        "works",
        "a name that would answer otherwise the second time (rebinding)",
        f"http://{HOST}/",
        dns={HOST: [["93.184.216.34"], ["127.0.0.1"]]},
        reached=[PUBLIC],
    ),
]


@pytest.fixture(scope="module")
def outcomes() -> dict[str, dict]:
    """Every case by its id: what came of it, and whom it reached."""
    done = subprocess.run(
        [sys.executable, str(TOY)],
        input=json.dumps([*CASES, *WORKS]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {outcome["id"]: outcome for outcome in json.loads(done.stdout)}


def test_there_are_more_than_two_hundred_cases_and_each_is_another():
    assert len(CASES) >= 200
    assert len({row["id"] for row in CASES}) == len(CASES)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["id"])
def test_it_is_refused_and_sends_no_packet_into_a_network(outcomes, row):
    outcome = outcomes[row["id"]]

    assert outcome["error"] in {"ForbiddenUrlError", "PhotoFetchError"}
    assert outcome["connected"] == row["reached"]
    assert outcome["strays"] == []


@pytest.mark.parametrize("row", WORKS, ids=lambda row: row["id"])
def test_what_is_allowed_works_through_the_same_sockets(outcomes, row):
    outcome = outcomes[row["id"]]

    assert outcome["error"] is None
    assert outcome["connected"] == row["reached"]
    assert outcome["strays"] == []


def test_the_proxy_of_the_environment_is_not_asked(outcomes):
    """The process runs with `http_proxy` set; nobody connected to it."""
    assert all(["127.0.0.1", 3128] not in outcome["connected"] for outcome in outcomes.values())


def test_the_spy_sees_what_goes_astray(outcomes):
    """The process connects to a forbidden address itself in the end."""
    assert outcomes["the spy"]["strays"] == [["socket.connect", "10.1.2.3:80"]]
