"""Runs the cases of `test_ssrf.py` in a process whose internet is a toy: JSON in, JSON out.

Names are looked up at a DNS server of our own, by UDP. Connections to public addresses are led to
a server of our own, by TCP. The spy hears all that the operating system is asked for; connections
to anybody else are noted and refused.
"""

import asyncio
import ipaddress
import json
import os
import socket
import struct
import sys
import threading
from collections import Counter

os.environ |= dict.fromkeys(("http_proxy", "HTTP_PROXY", "ALL_PROXY"), "http://127.0.0.1:3128")

from stayrank_common.errors import StayRankError
from stayrank_common.fetching import Fetcher

INTERNET = {"93.184.216.34", "8.8.8.8"}
A, AAAA = 1, 28
SERVER = "server"  # of these threads the spy expects answers
PHOTO = b"\xff\xd8 a photo"


class State:
    """The case that runs, and what it did."""

    dns: dict[str, list[list[str]]]
    redirects: list[str]
    connected: list[list[object]]
    strays: list[tuple[str, str]]
    ours: set[tuple[str, int]]


def serve_names(server: socket.socket) -> None:
    """Answer questions for addresses (RFC 1035); both kinds of a name get the same answer."""
    turns: Counter[tuple[int, str, int]] = Counter()
    while True:
        question, client = server.recvfrom(512)
        labels, place = [], 12
        while length := question[place]:
            labels.append(question[place + 1 : place + 1 + length].decode())
            place += 1 + length
        name, (kind,) = ".".join(labels), struct.unpack(">H", question[place + 1 : place + 3])
        answers = State.dns.get(name, [[]])
        turn = (id(State.dns), name, kind)
        addresses = map(ipaddress.ip_address, answers[min(turns[turn], len(answers) - 1)])
        turns[turn] += 1
        found = [address for address in addresses if (address.version == 4) == (kind == A)]
        head = question[:2] + struct.pack(">HHHHH", 0x8180, 1, len(found), 0, 0)
        records = b"".join(
            b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 0, len(a.packed)) + a.packed for a in found
        )
        server.sendto(head + question[12 : place + 5] + records, client)


def ask_names(server: tuple[str, int], name: str, kind: int) -> list[str]:
    """Ask the toy DNS server."""
    labels = b"".join(bytes([len(label)]) + label.encode("idna") for label in name.split("."))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(10)
        client.connect(server)
        client.send(
            struct.pack(">HHHHHH", 7, 0x100, 1, 0, 0, 0)
            + labels
            + b"\0"
            + struct.pack(">HH", kind, 1)
        )
        answer = client.recv(4096)
    (count,) = struct.unpack(">H", answer[6:8])
    size = 4 if kind == A else 16
    records = answer[len(answer) - count * (12 + size) :] if count else b""
    packed = [records[n + 12 : n + 12 + size] for n in range(0, len(records), 12 + size)]
    return [str(ipaddress.ip_address(each)) for each in packed]


def serve_photos(server: socket.socket) -> None:
    """Answer with the redirects of the case, then with a photo."""
    while True:
        client, _ = server.accept()
        with client:
            client.recv(65536)
            if State.redirects:
                target = State.redirects.pop(0).encode()
                client.sendall(
                    b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + target + b"\r\n\r\n"
                )
            else:
                client.sendall(
                    b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(PHOTO) + PHOTO
                )


def install(names: tuple[str, int], photos: tuple[str, int]) -> None:
    """Put the toy in the place of the internet, and the spy in front of it."""
    State.ours = {names, photos}
    look_up, connect = socket.getaddrinfo, socket.socket.connect

    def toy_look_up(host, port, family=0, type=0, proto=0, flags=0):  # noqa: A002 - as the original
        try:
            return look_up(host, port, family, type, proto, flags | socket.AI_NUMERICHOST)
        except socket.gaierror:
            found = ask_names(names, host, A) + ask_names(names, host, AAAA)
            if not found:
                raise
            return [entry for a in found for entry in look_up(a, port, family, type, proto, flags)]

    def toy_connect(self, address):
        if self.type == socket.SOCK_STREAM:
            State.connected.append([address[0], address[1]])
            if address[0] in INTERNET and address[1] == 80:
                address = photos
        return connect(self, address)

    def hear(event: str, arguments: tuple) -> None:
        asks = threading.current_thread().name != SERVER
        if asks and event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
            address = arguments[1]
            if address is not None and tuple(address[:2]) not in State.ours:
                State.strays.append((event, f"{address[0]}:{address[1]}"))
                raise ConnectionRefusedError("the spy lets nobody pass")

    socket.getaddrinfo, socket.socket.connect = toy_look_up, toy_connect
    sys.addaudithook(hear)


def run(case: dict) -> dict:
    """Fetch what a case says."""
    State.dns, State.redirects = case["dns"], list(case["redirects"])
    State.connected, State.strays = [], []
    fetcher = Fetcher(case["hosts"], 20, 1000, 1000)
    try:
        assert asyncio.run(fetcher.fetch(case["url"])) == PHOTO
        error = None
    except StayRankError as found:
        error = type(found).__name__
    return {"id": case["id"], "error": error, "connected": State.connected, "strays": State.strays}


def main() -> None:
    """Run all cases."""
    names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    photos = socket.socket()
    for server, serve in ((names, serve_names), (photos, serve_photos)):
        server.bind(("127.0.0.1", 0))
        if server is photos:
            server.listen()
        threading.Thread(target=serve, args=(server,), name=SERVER, daemon=True).start()
    install(names.getsockname(), photos.getsockname())
    outcomes = [run(case) for case in json.load(sys.stdin)]
    State.connected, State.strays = [], []
    try:
        with socket.socket() as stray:
            stray.connect(("10.1.2.3", 80))
    except ConnectionRefusedError:
        outcomes.append({"id": "the spy", "connected": [], "strays": State.strays})
    json.dump(outcomes, sys.stdout)


if __name__ == "__main__":
    main()
