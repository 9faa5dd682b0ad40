"""Sending files to a service, and what is wrong with its answers."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from statistics import quantiles

import httpx
from shots import Shot
from stack import PATHS

HANG_S, FILE_S, REFUSAL_S = 30, 1.5, 0.05


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service said about a file.

    Args:
        service: Which one.
        shot: The file.
        status: Of HTTP; 0 where there was no answer.
        problem: The type of the problem, or what stands for an answer.
        seconds: Until it came.
    """

    service: str
    shot: Shot
    status: int
    problem: str
    seconds: float

    @property
    def refused(self) -> bool:
        """Whether it is an answer of 4xx."""
        return 400 <= self.status < 500

    @property
    def complaint(self) -> str:
        """What promise it breaks but those of time; empty where it keeps all."""
        outcome = "accepted" if self.status == httpx.codes.OK else "refused"
        if not self.status or self.status >= 500:
            return f"answered {self.status} {self.problem}"
        if self.refused and not self.problem:
            return f"answered {self.status} without saying what is wrong"
        return "" if self.shot.expected in {"any", outcome} else f"was {outcome} {self.problem}"


def send(client: httpx.Client, address: str, service: str, shot: Shot) -> Answer:
    """Send a file to a service."""
    url = address + PATHS[service]
    start = time.perf_counter()
    try:
        if shot.head is not None:
            response = _raw(address, PATHS[service], shot.head + b"\r\n\r\n" + shot.content)
        elif shot.content_type:
            headers = {"Content-Type": shot.content_type}
            response = client.post(url, content=shot.content, headers=headers)
        else:
            response = client.post(url, files=[("files", (shot.name, shot.content))])
    except httpx.HTTPError as error:
        return Answer(service, shot, 0, type(error).__name__, time.perf_counter() - start)
    seconds = time.perf_counter() - start
    is_problem = response.headers["content-type"] == "application/problem+json"
    problem = response.json()["type"] if is_problem else ""
    return Answer(service, shot, response.status_code, problem, seconds)


def _raw(address: str, path: str, sent: bytes) -> httpx.Response:
    """Send bytes as they are, behind a line and a host that are right."""
    url = httpx.URL(address)
    head = f"POST {path} HTTP/1.1\r\nHost: {url.host}\r\n".encode()
    try:
        with socket.create_connection((url.host, url.port or 80), HANG_S) as channel:
            channel.sendall(head + sent)
            response = HTTPResponse(channel)
            response.begin()
            return httpx.Response(
                response.status, headers=response.getheaders(), content=response.read()
            )
    except (OSError, HTTPException) as error:
        raise httpx.TransportError(str(error)) from error


def line(name: str, answers: Iterable[Answer]) -> str:
    """A line of the table."""
    answers = list(answers)
    refusals = [answer.seconds for answer in answers if answer.refused]
    p99 = f"{1000 * p99_s(refusals):.0f}" if refusals else "-"
    killed = sum(answer.problem == "lethal-photo" for answer in answers)
    slowest = max(answer.seconds for answer in answers)
    failed = sum(not answer.status or answer.status >= 500 for answer in answers)
    untyped = sum(answer.refused and not answer.problem for answer in answers)
    counts = (len(answers), len(answers) - len(refusals) - failed, len(refusals))
    return (
        f"{name:22}" + "".join(f"{count:9,}" for count in (*counts, killed, failed, untyped))
    ) + f"{p99:>11}{1000 * slowest:11.0f}"


def p99_s(seconds: list[float]) -> float:
    """The 99th percentile."""
    return quantiles(seconds, n=100, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]
