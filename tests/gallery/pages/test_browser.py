"""The pages in a real browser: Debian's chromium, driven by selenium."""

import shutil
import socket
import threading
import time

import pytest
import uvicorn
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions as expect
from selenium.webdriver.support.ui import WebDriverWait

from stayrank_gallery.app import create_app
from stayrank_gallery.scorers import FakeScorer
from stayrank_gallery.settings import GallerySettings

DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    DRIVER is None, reason="needs Debian's packages chromium and chromium-driver"
)


@pytest.fixture
def address(tmp_path, picture):
    sample = tmp_path / "sample"
    sample.mkdir()
    for seed in range(5):
        (sample / f"{seed}.jpg").write_bytes(picture(seed=seed, size=(300, 200)))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = create_app(GallerySettings(sample_dir=sample), FakeScorer())
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}/"
    server.should_exit = True
    thread.join()


@pytest.fixture
def browser(tmp_path):
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.add_argument(f"--user-data-dir={tmp_path / 'profile'}")
    options.add_argument("--window-size=1280,900")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome = webdriver.Chrome(options, webdriver.ChromeService(DRIVER))
    yield chrome
    complaints = [entry for entry in chrome.get_log("browser") if "favicon" not in entry["message"]]
    chrome.quit()
    assert not complaints


def _wait_for_places(browser, count: int) -> None:
    places = (By.CSS_SELECTOR, ".gallery .photo img")
    WebDriverWait(browser, 20).until(lambda b: len(b.find_elements(*places)) == count)


def test_the_sample_is_reached_by_keyboard_with_the_chosen_options(browser, address):
    browser.get(address)
    browser.find_element(By.ID, "strategy").send_keys("score")
    link = browser.find_element(By.ID, "sample")
    for _ in range(10):
        if browser.switch_to.active_element == link:
            break
        browser.switch_to.active_element.send_keys(Keys.TAB)
    browser.switch_to.active_element.send_keys(Keys.ENTER)

    _wait_for_places(browser, 5)

    assert "strategy=score" in browser.current_url
    assert all(
        image.get_property("naturalWidth") > 0
        for image in browser.find_elements(By.CSS_SELECTOR, ".photo img")
    )


def test_chosen_files_are_ranked_and_unreadable_ones_named(browser, address, tmp_path, picture):
    (tmp_path / "good.jpg").write_bytes(picture())
    (tmp_path / "broken.jpg").write_bytes(b"bad")
    browser.get(address)
    files = "\n".join(str(tmp_path / name) for name in ("good.jpg", "broken.jpg"))
    browser.find_element(By.ID, "files").send_keys(files)
    assert "2 photos" in browser.find_element(By.ID, "status").text
    browser.find_element(By.CSS_SELECTOR, "button").send_keys(Keys.ENTER)

    _wait_for_places(browser, 1)

    removed = browser.find_element(By.CSS_SELECTOR, ".removed").text
    assert "unreadable" in removed
    assert "broken.jpg" in removed


@pytest.mark.parametrize("width", [360, 768, 1600])
def test_nothing_sticks_out_sideways(browser, address, width):
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False},
    )
    for page in ("", "sample"):
        browser.get(address + page)
        WebDriverWait(browser, 20).until(
            expect.presence_of_element_located((By.CSS_SELECTOR, "main"))
        )

        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
