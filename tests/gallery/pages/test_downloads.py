"""The order as a file."""

import base64
import csv
import io
import json
import re
from pathlib import Path

import pytest
from PIL import Image
from selenium.webdriver.support.ui import WebDriverWait


@pytest.fixture
def download(page, shots, tmp_path):
    """Choose five photos and a broken one, and download: `download(format)` → the file's text."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    behaviour = {"behavior": "allow", "downloadPath": str(folder)}
    page.browser.execute_cdp_cmd("Browser.setDownloadBehavior", behaviour)
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"bad")
    page.choose([*shots(5), broken])

    def get(file_format: str) -> str:
        page.find("#download summary").click()
        page.find(f"[data-format={file_format}]").click()
        return WebDriverWait(page.browser, 90, 0.05, [FileNotFoundError]).until(done).read_text()

    def done(_: object) -> Path | None:
        return next((path for path in folder.iterdir() if complete(path)), None)

    def complete(path: Path) -> bool:
        return path.suffix != ".crdownload" and path.stat().st_size > 0

    return get


def test_a_contact_sheet_shows_the_order_that_the_editor_made(page, download):
    page.slide("trade_off", 0)

    sheet = download("html")

    names = re.findall(r'<p class="file faint">(\S+) ·', sheet)
    assert names == page.order
    pictures = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', sheet)
    assert [Image.open(io.BytesIO(base64.b64decode(p))).size for p in pictures] == [(120, 80)] * 5
    assert "<script" not in sheet


def test_csv_has_a_row_a_photo_in_order(page, download):
    rows = list(csv.DictReader(io.StringIO(download("csv"))))

    assert [row["id"] for row in rows if row["id"] in page.order] == page.order


def test_json_holds_the_order(page, download):
    order = json.loads(download("json"))

    assert [photo["id"] for photo in order["photos"]] == page.order


def test_opentravel_names_every_photo(page, download):
    xml = download("ota")

    assert re.findall(r'FileName="([^"]+)"', xml) == page.order


@pytest.mark.parametrize("file_format", ["html", "csv"])
def test_without_an_order_there_is_nothing_to_download(page, tmp_path, file_format):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"bad")
    page.choose([broken])

    page.find("#download summary").click()
    page.find(f"[data-format={file_format}]").click()

    page.wait("return document.querySelector('#messages li')")
    assert page.find("#messages .text").text == "There is no order to download yet."
