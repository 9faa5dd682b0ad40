"""The pages in a real browser: Debian's chromium, driven by selenium."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.common.exceptions import TimeoutException
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from stayrank_common.decoding.decoder import PlainDecoder
from stayrank_gallery.app import create_app
from stayrank_gallery.scorers import FakeScorer
from stayrank_gallery.settings import GallerySettings

# Chromium itself notes these; the page deals with them.
EXPECTED = (
    "status of 401",
    "status of 422",
    "status of 500",
    "beforeunload",
    "ERR_NETWORK_CHANGED",
)


class Page:
    """The page as a visitor meets it."""

    def __init__(self, browser: webdriver.Chrome, address: str) -> None:
        self.browser, self.address = browser, address

    def open(self) -> None:
        """Open the page, again where a change of the machine's network kept a part of it out."""
        for _ in range(3):
            self.browser.get(self.address)
            with suppress(TimeoutException):
                self.wait("return document.querySelector('#keeping').textContent", 20)
                return
        raise AssertionError("the page does not start")

    def choose(self, paths: Sequence[Path]) -> None:
        """Choose files, and wait until all have been looked at and ordered."""
        self.find("#files").send_keys("\n".join(map(str, paths)))
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is looked at, and the order is that of all photos and decisions."""
        self.wait("return document.querySelector('#workbench:not([hidden], [data-busy])')")

    def wait_for_place(self, photo: str, index: int) -> None:
        """Wait until a photo stands at a place, from 0; what is dragged follows frame by frame."""
        WebDriverWait(self.browser, 90, 0.05).until(lambda _: self.order.index(photo) == index)

    def wait(self, script: str, limit_s: float = 90) -> None:
        WebDriverWait(self.browser, limit_s, 0.05).until(lambda b: b.execute_script(script))

    def find(self, selector: str) -> WebElement:
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def run(self, script: str, *arguments: object) -> object:
        return self.browser.execute_script(script, *arguments)

    @property
    def order(self) -> list[str]:
        return self.run(
            "return [...document.querySelectorAll('.gallery .card')].map(c => c.dataset.id)"
        )

    @property
    def said(self) -> str:
        """What was announced last."""
        return self.run("return document.getElementById('announcer').textContent")

    @property
    def focused(self) -> str | None:
        """The photo whose card has the focus."""
        return self.run("return document.activeElement.closest('.card')?.dataset.id")

    def part(self, photo: str, selector: str) -> WebElement:
        """A part of the card of a photo."""
        return self.run(
            "const cards = [...document.querySelectorAll('.card')];"
            "const card = cards.find(({ dataset }) => dataset.id === arguments[0]);"
            "return card.querySelector(arguments[1])",
            photo,
            selector,
        )

    def focus(self, photo: str) -> None:
        self.run("arguments[0].focus()", self.part(photo, ".open"))

    def click(self, element: WebElement) -> None:
        """Click what may lie under the bar."""
        self.run("arguments[0].scrollIntoView({ block: 'center' })", element)
        element.click()

    def press(self, *keys: str) -> None:
        for key in keys:
            ActionChains(self.browser).send_keys(key).perform()

    def slide(self, element: str, value: object) -> None:
        self.run(
            "const field = document.getElementById(arguments[0]); field.value = arguments[1];"
            "field.dispatchEvent(new Event('input', { bubbles: true }))",
            element,
            value,
        )
        self.settle()

    def look(self, width: int, *, dark: bool = False, still: bool = True) -> None:
        """See the page on a screen of another width or in the dark; `still`: without motion."""
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        features = [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce" if still else "no-preference"},
        ]
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


@pytest.fixture
def scorer() -> FakeScorer:
    return FakeScorer()


@pytest.fixture
def settings(tmp_path, picture) -> GallerySettings:
    sample = tmp_path / "sample"
    sample.mkdir()
    for seed in range(5):
        (sample / f"{seed}.jpg").write_bytes(picture(seed=seed, size=(300, 200)))
    return GallerySettings(sample_dir=sample, max_photo_bytes=100_000)


@pytest.fixture
def page(chrome, settings, scorer, serving):
    with serving(create_app(settings, scorer, PlainDecoder())) as server:
        page = Page(chrome, f"http://127.0.0.1:{server.config.port}/")
        page.look(1280)
        page.open()
        yield page
        complaints = [
            entry["message"]
            for entry in chrome.get_log("browser")
            if not any(status in entry["message"] for status in EXPECTED)
        ]
        # A later page may have the same port, and what this one kept would be there again.
        page.run("sessionStorage.clear()")
        chrome.get("about:blank")
    assert not complaints


@pytest.fixture
def shots(tmp_path, picture) -> Callable[..., list[Path]]:
    """Make photos: `shots(count)` → their files, `0.jpg` and so on."""

    def make(count: int) -> list[Path]:
        paths = [tmp_path / f"{seed}.jpg" for seed in range(count)]
        for seed, path in enumerate(paths):
            path.write_bytes(picture(seed=100 + seed, size=(120, 80)))
        return paths

    return make
