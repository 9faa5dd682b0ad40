"""The three services on this machine: start, wait until ready, rank a sample, stop together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import typer

from stayrank_cli.console import printable
from stayrank_cli.keys import key_header
from stayrank_cli.photos import find_photos
from stayrank_cli.rank import show_ranking
from stayrank_common.errors import PhotoError, StayRankError
from stayrank_common.ports import listening
from stayrank_gallery.schemas import RankResponse

_COMMAND = ("-m", "stayrank_cli.main", "serve")
_QUIET = ("--log-level", "warning")
# Of NumPy's: threads of the gallery's small products wait for each other longer than they work.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
_START_LIMIT_S = 120
_STOP_LIMIT_S = 40


class StackError(StayRankError):
    """A service did not become ready, stopped by itself, or cannot rank."""


def run_stack(host: str, ports: Mapping[str, int], sample: Path | None) -> None:
    """Run gallery, tagger and aesthetic until Ctrl-C.

    Args:
        host: Address to listen on.
        ports: Of each of the three.
        sample: Photos to rank once all are ready; the page offers them too.

    Raises:
        ConfigurationError: A port is taken, or given to two.
        StackError: A service stopped by itself, or did not become ready.
    """
    with ExitStack() as all_at_once:
        for name, number in ports.items():
            all_at_once.enter_context(listening(name, host, number))
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - looked up
    if ":" in reachable:
        reachable = f"[{reachable}]"
    urls = {name: f"http://{reachable}:{number}" for name, number in ports.items()}
    settings = {"GALLERY_TAGGER_URL": urls["tagger"], "GALLERY_AESTHETIC_URL": urls["aesthetic"]}
    if sample:
        settings["GALLERY_SAMPLE_DIR"] = str(sample)
    with _stop_on_signal(), _services(host, ports, settings) as services:
        try:
            _wait_until_ready(services, urls)
            if sample:
                show_ranking(_rank(urls["gallery"], sample))
            typer.echo(f"StayRank is ready: {urls['gallery']}/ (Ctrl-C stops it)")
            while True:
                _check_alive(services)
                time.sleep(0.5)
        except KeyboardInterrupt:
            typer.echo("Stopping…")


@contextmanager
def _stop_on_signal() -> Iterator[None]:
    """Treat SIGTERM like Ctrl-C, and Ctrl-C so even where a shell made us ignore it (`… &`)."""
    signals = (signal.SIGINT, signal.SIGTERM)
    previous = [signal.signal(number, signal.default_int_handler) for number in signals]
    try:
        yield
    finally:
        for number, handler in zip(signals, previous, strict=True):
            signal.signal(number, handler)


@contextmanager
def _services(
    host: str, ports: Mapping[str, int], settings: Mapping[str, str]
) -> Iterator[Mapping[str, subprocess.Popen[bytes]]]:
    """Run the services in sessions of their own, so that Ctrl-C reaches them only through us."""
    environment = {**_ONE_THREAD, **os.environ, **settings}
    services: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, number in ports.items():
            services[name] = subprocess.Popen(
                [sys.executable, *_COMMAND, name, *_QUIET, "--host", host, "--port", str(number)],
                env=environment,
                start_new_session=True,
            )
        yield services
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):  # a second one must not leave orphans
            signal.signal(number, signal.SIG_IGN)
        for service in services.values():
            service.terminate()
        deadline = time.monotonic() + _STOP_LIMIT_S
        for service in services.values():
            try:
                service.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                service.kill()
                service.wait()


def _check_alive(services: Mapping[str, subprocess.Popen[bytes]]) -> None:
    for name, service in services.items():
        if service.poll() is not None:
            raise StackError(f"the {name} service stopped with exit code {service.returncode}")


def _wait_until_ready(
    services: Mapping[str, subprocess.Popen[bytes]], urls: Mapping[str, str]
) -> None:
    deadline = time.monotonic() + _START_LIMIT_S
    waiting = dict(urls)
    with httpx.Client(trust_env=False, timeout=2) as client:
        while waiting:
            _check_alive(services)
            for name, url in list(waiting.items()):
                try:
                    if client.get(f"{url}/readyz").status_code == httpx.codes.OK:
                        del waiting[name]
                except httpx.TransportError:
                    pass  # not listening yet
            if time.monotonic() > deadline:
                raise StackError(f"not ready after {_START_LIMIT_S} s: {', '.join(waiting)}")
            time.sleep(0.1)


def _rank(url: str, sample: Path) -> RankResponse:
    files = []
    for photo in find_photos([sample]):
        if isinstance(photo.source, PhotoError):
            typer.echo(printable(f"Left out: {photo.id}: {photo.source}"))
        elif isinstance(photo.source, Path):
            name = str(photo.source.relative_to(sample))
            files.append(("files", (name, photo.source.read_bytes())))
    with httpx.Client(trust_env=False, timeout=60, headers=key_header()) as client:
        response = client.post(f"{url}/rank-gallery", files=files)
    if response.status_code != httpx.codes.OK:
        raise StackError(f"the sample cannot be ranked: {response.text}")
    return RankResponse.model_validate_json(response.content)
