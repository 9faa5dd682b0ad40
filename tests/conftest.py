"""Fixtures that several packages' tests share."""

import asyncio
import io
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import Context
from pathlib import Path

import httpx
import numpy as np
import pytest
import uvicorn
from fastapi import FastAPI
from hypothesis import settings
from PIL import Image
from selenium import webdriver
from starlette.testclient import TestClient

from stayrank_aesthetic.app import create_app as create_aesthetic
from stayrank_common.decoding.decoder import PlainDecoder
from stayrank_gallery.app import create_app as create_gallery
from stayrank_gallery.scorers import HttpScorer
from stayrank_models.engines import FakeEngine, fake_artifact
from stayrank_models.predictors import AestheticPredictor, TagPredictor
from stayrank_tagger.app import create_app as create_tagger

# Machines are shared: how long an example takes says nothing about the code.
settings.register_profile("stayrank", deadline=None)
settings.load_profile("stayrank")

STDOUT = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[STDOUT] = os.dup(1)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Print what failed even if a test closed what pytest captures with: it would capture that."""
    os.dup2(session.config.stash[STDOUT], 1)


@pytest.fixture(scope="session", autouse=True)
def environment() -> Iterator[None]:
    """No setting, proxy or colour of the shell that started the tests is one of theirs."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("TAGGER_", "AESTHETIC_", "GALLERY_", "STAYRANK_", "OTEL_")):
                patch.delenv(name)
        patch.delenv("FORCE_COLOR", raising=False)
        for name in ("NO_PROXY", "no_proxy"):
            patch.setenv(name, "127.0.0.1,localhost", prepend=",")
        yield


@pytest.fixture
def picture() -> Callable[..., bytes]:
    """Make small pictures: `picture(seed, picture_format, size)` → bytes of a file."""

    def make(
        seed: int = 0, picture_format: str = "JPEG", size: tuple[int, int] = (96, 64)
    ) -> bytes:
        noise = np.random.default_rng(seed).integers(0, 256, (4, 6, 3), dtype=np.uint8)
        content = io.BytesIO()
        Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC).save(content, picture_format)
        return content.getvalue()

    return make


@pytest.fixture(scope="session")
def scene() -> Callable[..., Image.Image]:
    """Make an RGB scene that differs from all its turns and mirror images: `scene(size)`."""

    def make(size: tuple[int, int] = (400, 300)) -> Image.Image:
        width, height = size
        y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
        grain = np.random.default_rng(7).normal(0, 3, (height, width))
        channels = [30 + 180 * x, 200 - 150 * y, 40 + 100 * x * x + 80 * y]
        pixels = np.stack(channels, axis=-1) + grain[..., None]
        return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))

    return make


@pytest.fixture(scope="session")
def encode() -> Callable[..., bytes]:
    """Write a file into memory: `encode(image, picture_format, **options)` → its bytes."""

    def make(image: Image.Image, picture_format: str, **options: object) -> bytes:
        content = io.BytesIO()
        image.save(content, picture_format, **options)
        return content.getvalue()

    return make


@pytest.fixture
def apps(tmp_path) -> dict[str, FastAPI]:
    """The three services with fake models; the gallery reaches the others as another process."""
    for task in ("tagging", "aesthetics"):
        (tmp_path / task).mkdir()
    tagging = fake_artifact(tmp_path / "tagging", "tagging")
    aesthetics = fake_artifact(tmp_path / "aesthetics", "aesthetics")
    behind = {
        "tagger": create_tagger(predictor=TagPredictor(tagging, FakeEngine(8))),
        "aesthetic": create_aesthetic(predictor=AestheticPredictor(aesthetics, FakeEngine(10))),
    }

    class Network(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            answer = httpx.ASGITransport(behind[request.url.host]).handle_async_request(request)
            return await asyncio.create_task(answer, context=Context())

    scorer = HttpScorer("http://tagger", "http://aesthetic", 20, Network())
    return {"gallery": create_gallery(scorer=scorer, decoder=PlainDecoder()), **behind}


@pytest.fixture
def clients(apps) -> Iterator[dict[str, TestClient]]:
    """Clients of the three services while these run."""
    with ExitStack() as running:
        yield {name: running.enter_context(TestClient(app)) for name, app in apps.items()}


@pytest.fixture(scope="session")
def serving() -> Callable[..., AbstractContextManager[uvicorn.Server]]:
    """Serve an application on a free port: `with serving(app) as server`, `server.config.port`.

    Logging is left alone: `dictConfig` closes the streams of handlers that others made, absl's is
    the file into which pytest captures.
    """

    @contextmanager
    def serve(app: FastAPI, **options: object) -> Iterator[uvicorn.Server]:
        config = uvicorn.Config(app, port=0, log_config=None, **options)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.005)
        config.port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield server
        finally:
            server.should_exit = True
            thread.join()

    return serve


@pytest.fixture(scope="session")
def chrome(tmp_path_factory) -> Iterator[webdriver.Chrome]:
    """Debian's chromium, driven by selenium; all that both write goes with the session's folder."""
    driver = shutil.which("chromedriver")
    if driver is None:
        pytest.skip("needs Debian's packages chromium and chromium-driver")
    folder = tmp_path_factory.mktemp("chrome")
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.add_argument(f"--user-data-dir={folder / 'profile'}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    its_own = {"HOME": str(folder), "TMPDIR": str(folder)}
    with webdriver.Chrome(
        options, webdriver.ChromeService(driver, env={**os.environ, **its_own})
    ) as chrome:
        yield chrome


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder `../shared` with real photos and hostile files."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent")
    return folder
