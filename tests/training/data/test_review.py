"""The page of suspects, drawn and then used by keyboard in Debian's chromium."""

import re
import time
from pathlib import Path

import pandas as pd
import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from stayrank_training.data.corrections import apply_corrections
from stayrank_training.data.label_errors import CleanReport
from stayrank_training.data.photos import TaggedPhoto
from stayrank_training.data.review import review_page

NAMES = ["a.jpg", 'b "x", <i>.jpg', "c.jpg", "d.jpg", "gone.jpg"]


def _ranked(names=NAMES):
    return pd.DataFrame(
        {
            "file": names,
            "label": "foyer",
            "suggestion": "reception",
            "label_probability": 0.1,
            "suggestion_probability": 0.8,
            "quality": 0.1,
            "suspect": [name != "d.jpg" for name in names],
        }
    )


@pytest.fixture
def page(tmp_path, picture) -> Path:
    for seed, name in enumerate(NAMES[:-1]):
        (tmp_path / name).write_bytes(picture(seed=seed))
    report = CleanReport(photos=5, judged=5, suspects=4, classes={}, judgements=[])
    path = tmp_path / "review.html"
    path.write_text(review_page(_ranked(), tmp_path, report, limit=10), encoding="utf-8")
    return path


def test_only_suspects_are_shown_and_never_more_than_asked_for(page, tmp_path):
    report = CleanReport(photos=5, judged=5, suspects=4, classes={}, judgements=[])

    assert page.read_text().count('class="card"') == 4
    assert review_page(_ranked(), tmp_path, report, limit=2).count('class="card"') == 2


def test_the_page_refers_to_nothing_outside_itself_and_escapes_names(page):
    text = page.read_text()

    assert not re.search(r"(?:src|href)=\"(?!data:)", text)
    assert "<i>.jpg" not in text
    assert text.count("data:image/jpeg;base64,") == 3
    assert text.count("no picture") == 1


@pytest.fixture
def browser(chrome, tmp_path):
    folder = tmp_path / "downloads"
    chrome.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)}
    )
    _look(chrome, 1280)
    yield chrome
    complaints = chrome.get_log("browser")
    chrome.get("about:blank")
    assert not complaints


def _look(browser, width):
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def _open(browser, page):
    """Open the page, under a name of its own for what it stores: all files share one storage."""
    text = page.read_text()
    page.write_text(re.sub(r'data-digest="[^"]*"', f'data-digest="{page.parent.name}"', text))
    browser.get(page.as_uri())


def _reload(browser, selector, text):
    """Leave and come back until an element says so.

    On a busy machine one in ten processes that chromium starts finds nothing of what is stored.
    """
    address = browser.current_url

    def says(_):
        browser.get("about:blank")
        browser.get(address)
        return browser.find_element("css selector", selector).text == text

    WebDriverWait(browser, 60, 0.2).until(says)


def _press(browser, *keys):
    for key in keys:
        browser.switch_to.active_element.send_keys(key)


def _downloaded(folder: Path) -> str:
    for _ in range(1200):
        found = [path for path in folder.glob("*.csv") if path.stat().st_size]
        if found:
            text = found[0].read_text()
            found[0].unlink()
            return text
        time.sleep(0.05)
    raise AssertionError("nothing was downloaded")


def test_verdicts_by_keyboard_become_a_file_that_corrections_reads(browser, page, tmp_path):
    _open(browser, page)
    _press(browser, "a", "k", "d", Keys.ARROW_LEFT, "u", "d", "c")  # the drop is undone and redone
    _press(browser, "kit", Keys.ENTER)  # typed into the list of classes of the fourth
    _press(browser, "s")
    saved = _downloaded(tmp_path / "downloads")

    (tmp_path / "corrections.csv").write_text(saved)
    photos = [TaggedPhoto(tmp_path / name, name, "foyer", "train") for name in NAMES]
    applied = apply_corrections(photos, tmp_path / "corrections.csv")
    assert saved.splitlines()[0] == "file,label,verdict"
    assert [(photo.file, photo.tag) for photo in applied] == [
        ("a.jpg", "reception"),
        (NAMES[1], "foyer"),
        ("d.jpg", "foyer"),
        ("gone.jpg", "kitchen"),
    ]
    assert "keep" in saved


def test_a_reload_keeps_the_verdicts_and_goes_on_at_the_first_photo_without(browser, page):
    _open(browser, page)
    _press(browser, "a", "d")
    assert browser.find_element("id", "status").text == "2 of 4 decided"
    _reload(browser, "#status", "2 of 4 decided")

    third = browser.find_elements("css selector", ".card")[2]
    assert browser.switch_to.active_element == third


def test_after_a_reload_what_was_decided_before_can_still_be_undone(browser, page):
    first = ".card output"
    _open(browser, page)
    _press(browser, "a", Keys.ARROW_LEFT, "d")  # decided, and decided again
    _reload(browser, first, "drop")

    _press(browser, "u")
    assert browser.find_element("css selector", first).text == "reception"
    browser.find_element("id", "undo").click()  # as on a phone
    assert browser.find_element("css selector", first).text == ""
    _reload(browser, first, "")


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_sticks_out_sideways(browser, page, width):
    _look(browser, width)
    _open(browser, page)

    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
