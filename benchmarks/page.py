"""How long an editor waits: `python benchmarks/page.py [FOLDER] [ADDRESS]`, beside `make run`.

Needs Debian's chromium and chromium-driver. Takes up to 30 photos of a folder (by default the
sample), and prints seconds on the wall beside the load of the machine, which tells how much of
them is other work's.
"""

from __future__ import annotations

import os
import sys
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from stayrank_common.images import SUFFIXES

_PHOTOS = 30
_SLIDES = 11
_SETTLED = "return document.querySelector('#workbench:not([hidden], [data-busy])')"
_READY = "return document.getElementById('keeping').textContent"
_SLIDE = """const [value, done] = arguments;
const slider = document.getElementById("trade_off"), gallery = document.getElementById("gallery");
const order = () => [...gallery.children].map(({ dataset }) => dataset.id).join();
const [before, start] = [order(), performance.now()];
new MutationObserver((_, observer) => {
  if (order() === before) return;
  observer.disconnect();
  requestAnimationFrame(() => done((performance.now() - start) / 1000));
}).observe(gallery, { childList: true });
slider.value = value;
slider.dispatchEvent(new Event("input", { bubbles: true }));"""


def main(folder: Path, address: str) -> None:
    """Measure the first order, the last, a move of the slider between its ends, and a reload."""
    found = (path for path in sorted(folder.iterdir()) if path.suffix.lower() in SUFFIXES)
    photos = [str(path.resolve()) for path in islice(found, _PHOTOS)]
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    service = webdriver.ChromeService("/usr/bin/chromedriver")
    with webdriver.Chrome(options, service) as browser:
        browser.set_script_timeout(60)
        waiting = WebDriverWait(browser, 120, 0.02)

        def until(script: str) -> float:
            waiting.until(lambda page: page.execute_script(script))
            return perf_counter() - start

        start = perf_counter()
        browser.get(address)
        _tell("the page, until it can be used", until(_READY))
        start = perf_counter()
        browser.find_element(By.ID, "files").send_keys("\n".join(photos))
        _tell(
            f"first order of {len(photos)} photos", until("return document.querySelector('.card')")
        )
        _tell("order of all", until(_SETTLED))
        slides = []
        for turn in range(_SLIDES):
            slides.append(browser.execute_async_script(_SLIDE, turn % 2))
            until(_SETTLED)
        _tell("the order after a move of the slider", median(slides))
        until("return document.getElementById('keeping').textContent !== 'Saving…'")
        start = perf_counter()
        browser.refresh()
        _tell("the same after a reload", until(_SETTLED))


def _tell(what: str, seconds: float) -> None:
    print(f"{what:40} {seconds:6.2f} s   load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(
        Path(sys.argv[1] if len(sys.argv) > 1 else "samples/miramar"),
        sys.argv[2] if len(sys.argv) > 2 else "http://127.0.0.1:8000/",
    )
