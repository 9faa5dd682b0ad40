"""What `stayrank doctor` finds: what each address runs, how long a photo takes, what is wrong."""

from __future__ import annotations

import io
import re
import socket
import uuid
from collections.abc import Iterable, Iterator, Sequence

import httpx
from PIL import Image
from pydantic import BaseModel, Field, ValidationError

from stayrank_cli.keys import key_header
from stayrank_common.schemas import ModelInfo, Problem, Schema
from stayrank_common.telemetry import REQUEST_ID, SERVER_TIMING

_CALLS = {"gallery": "/rank-gallery", "tagger": "/tag", "aesthetic": "/aesthetic"}
_TIMEOUT = httpx.Timeout(60, connect=5)
_PHOTO_SIZE = (1024, 768)


class Checkup(Schema):
    """What one address said."""

    url: str
    address: str = Field(description="IP address and port; one host may have several.")
    service: str | None = Field(default=None, description="`gallery`, `tagger` or `aesthetic`.")
    release: str | None = Field(default=None, description="The version of StayRank.")
    models: dict[str, ModelInfo] = Field(
        default={}, description="The models that answered; of the gallery: those behind it."
    )
    stages_s: dict[str, float] = Field(default={}, description="One photo through each stage.")
    request_id: str | None = Field(default=None, description="Find this call in the logs.")
    problem: str | None = Field(default=None, description="What is wrong with it.")

    @property
    def place(self) -> str:
        """The URL, and the address where the URL does not tell it."""
        return self.url if self.address in self.url else f"{self.url} ({self.address})"


class Diagnosis(Schema):
    """What all addresses said, and what is wrong; nothing is where `problems` is empty."""

    checkups: list[Checkup]
    problems: list[str]


def diagnose(
    urls: Sequence[str],
    *,
    canary: bool = False,
    photo: bytes | None = None,
    transport: httpx.BaseTransport | None = None,
) -> Diagnosis:
    """Ask every address of every URL, and compare what they say.

    Args:
        urls: Base addresses of services.
        canary: Whether two versions of a model may run beside each other.
        photo: Sent to each; by default one that is made up.
        transport: Takes the place of the network in tests.
    """
    content = photo or _made_up()
    with httpx.Client(
        timeout=_TIMEOUT, headers=key_header(), trust_env=False, transport=transport
    ) as client:
        checkups = [
            _check(client, url, address, content) for url in urls for address in _addresses(url)
        ]
    problems = [f"{c.place}: {c.problem}" for c in checkups if c.problem]
    return Diagnosis(checkups=checkups, problems=[*problems, *_differences(checkups, canary)])


def _made_up() -> bytes:
    """A photo of common size, so that its decoding takes as long as that of others."""
    content = io.BytesIO()
    Image.effect_noise(_PHOTO_SIZE, 64).convert("RGB").save(content, "JPEG")
    return content.getvalue()


def _addresses(url: str) -> Iterator[str]:
    """The addresses behind a URL: a headless service of Kubernetes has one for each pod."""
    try:
        parsed = httpx.URL(url)
        port = parsed.port or {"http": 80, "https": 443}[parsed.scheme]
        found = socket.getaddrinfo(parsed.host, port, type=socket.SOCK_STREAM)
    except (httpx.InvalidURL, KeyError, OSError, UnicodeError):
        yield ""  # asking it will tell what is wrong
        return
    # `localhost` has two addresses of which a service listens on one.
    family = min(entry[0] for entry in found)
    hosts = sorted({str(entry[4][0]) for entry in found if entry[0] == family})
    yield from (f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host in hosts)


class _About(BaseModel):
    """What an OpenAPI document says about its service."""

    class Info(BaseModel):
        title: str
        version: str

    info: Info


class _Answer(BaseModel):
    """The models of an answer about photos."""

    model: ModelInfo | None = None
    models: dict[str, ModelInfo] = {}


def _check(client: httpx.Client, url: str, address: str, photo: bytes) -> Checkup:
    checkup = Checkup(url=url, address=address)
    try:
        return _ask_all(client, checkup, photo)
    except httpx.HTTPError as error:
        return _with(checkup, problem=f"no answer: {error}")
    except (httpx.InvalidURL, UnicodeError) as error:
        return _with(checkup, problem=f"not a URL: {error}")
    except ValidationError:
        return _with(checkup, problem="its answers are not those of a StayRank service")


def _ask_all(client: httpx.Client, checkup: Checkup, photo: bytes) -> Checkup:
    about = _About.model_validate_json(_ask(client, checkup, "/openapi.json").content).info
    service = about.title.removeprefix("StayRank ")
    if service not in _CALLS:
        return _with(checkup, problem=f"this is {about.title!r}, no service of StayRank")
    checkup = _with(checkup, service=service, release=about.version)
    ready = _ask(client, checkup, "/readyz")
    if ready.status_code != httpx.codes.OK:
        why = Problem.model_validate_json(ready.content).detail
        return _with(checkup, problem=f"not ready: {why}")
    request_id = f"doctor-{uuid.uuid4().hex[:12]}"
    reply = _ask(client, checkup, _CALLS[service], photo, {REQUEST_ID: request_id})
    if reply.status_code != httpx.codes.OK:
        why = Problem.model_validate_json(reply.content).detail
        return _with(checkup, problem=f"it answered {reply.status_code}: {why}")
    answer = _Answer.model_validate_json(reply.content)
    return _with(
        checkup,
        request_id=request_id,
        models={service: answer.model} if answer.model else answer.models,
        stages_s=_stages(reply.headers.get(SERVER_TIMING, "")),
    )


def _with(checkup: Checkup, **known: object) -> Checkup:
    return checkup.model_copy(update=known)


def _ask(
    client: httpx.Client,
    checkup: Checkup,
    path: str,
    photo: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    """Ask one address of a host by the host's name; post where there is a photo."""
    target = httpx.URL(checkup.url.rstrip("/") + path)
    name = {"Host": target.netloc.decode()}
    host = target.host
    if checkup.address:
        ip, _, port = checkup.address.rpartition(":")
        target = target.copy_with(host=ip.strip("[]"), port=int(port))
    return client.request(
        "POST" if photo else "GET",
        target,
        content=photo,
        headers={"Content-Type": "image/jpeg", **(headers or {}), **name},
        extensions={"sni_hostname": host},
    )


def _stages(timing: str) -> dict[str, float]:
    """Read `decode;dur=12.5, total;dur=40` (milliseconds) as seconds.

    >>> _stages("decode;dur=12.5, total;dur=40")
    {'decode': 0.0125, 'total': 0.04}
    """
    found = re.findall(r"(\w+);dur=(\d+(?:\.\d+)?)", timing)
    return {stage: float(milliseconds) / 1000 for stage, milliseconds in found}


def _differences(checkups: Iterable[Checkup], canary: bool) -> Iterator[str]:
    """Releases and models that should be equal and are not."""
    well = [checkup for checkup in checkups if not checkup.problem]
    releases = {checkup.release for checkup in well}
    if len(releases) > 1:
        yield f"different releases run: {', '.join(sorted(map(str, releases)))}"
    for task in sorted({task for checkup in well for task in checkup.models}):
        places: dict[tuple[str, str, str], list[str]] = {}
        for checkup in well:
            if task in checkup.models:
                info = checkup.models[task]
                version = (info.name, info.version, info.sha256)
                places.setdefault(version, []).append(checkup.place)
        versions = {(name, version) for name, version, _ in places}
        if len(places) > (2 if canary and len(versions) == 2 else 1):
            found = (
                f"{name} {version} (sha256 {sha256[:12]}) at {', '.join(where)}"
                for (name, version, sha256), where in sorted(places.items())
            )
            yield f"different models answer as {task}: {'; '.join(found)}"
