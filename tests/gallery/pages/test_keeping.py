"""What a reload brings back, and what is said where the browser keeps nothing."""

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from stayrank_gallery.scorers import fake

NO_STORE = "Object.defineProperty(window, 'indexedDB', { get() { throw new Error('forbidden') } })"

FULL = """IDBObjectStore.prototype.put = () => {
  throw new DOMException("", "QuotaExceededError");
};"""


def saved(page):
    page.wait("return document.querySelector('#keeping').textContent === 'Saved in this browser'")


def reload(page):
    saved(page)
    page.browser.refresh()
    page.settle()


def test_a_reload_brings_photos_scores_and_decisions_back_and_nothing_is_scored_again(
    page, shots, scorer, tmp_path
):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"bad")
    page.choose([*shots(6), broken])
    page.slide("trade_off", 0.9)
    Select(page.find("#context")).select_by_value("family")
    Select(page.find("#pack")).select_by_index(1)
    page.settle()
    page.part(page.order[1], ".exclude").click()
    page.settle()
    page.focus(page.order[3])
    page.press(Keys.SPACE, Keys.HOME, Keys.SPACE)
    page.settle()
    seen = ["#summary", "#left-out-list", "#gallery", "#context-about", "#pack-about"]
    before = [page.find(part).text for part in seen]
    asked = list(scorer.calls)

    reload(page)

    assert [page.find(part).text for part in seen] == before
    assert page.find("#trade_off").get_property("value") == "0.9"
    assert page.part(page.order[0], ".pin").get_attribute("aria-pressed") == "true"
    assert scorer.calls == asked
    page.wait("return [...document.querySelectorAll('.card img')].every((i) => i.naturalWidth)")
    page.find("#undo").click()
    page.settle()
    assert page.part(page.order[0], ".pin").get_attribute("aria-pressed") == "false"


def test_what_a_reload_interrupts_is_looked_at_after_it(page, shots, scorer):
    page.choose(shots(2))
    saved(page)
    page.run(
        "window.fetch = () => new Promise(() => {})"  # whatever is asked now is never answered
    )
    page.find("#files").send_keys("\n".join(map(str, shots(5)[2:])))
    page.wait("return document.querySelectorAll('#queue li').length === 3")

    reload(page)

    assert sorted(page.order) == [f"{n}.jpg" for n in range(5)]
    assert sorted(len(call) for call in scorer.calls) == [2, 3]


def test_scores_of_models_that_the_service_has_no_more_are_told_from_new_ones(
    page, shots, scorer, monkeypatch
):
    page.choose(shots(2))
    newer = fake._MODEL.model_copy(update={"version": "2"})
    monkeypatch.setattr(fake, "_MODEL", newer)
    reload(page)
    assert not page.all("#messages li")

    page.choose(shots(3)[2:])
    assert "other models now" in page.find("#messages").text
    reload(page)
    page.find("#messages .link").click()
    page.settle()

    assert not page.all("#messages li")
    assert [len(call) for call in scorer.calls] == [2, 1, 3]


def test_who_starts_over_is_asked_first_and_then_nothing_is_left(page, shots):
    page.choose(shots(3))
    page.click(page.find("#start-over"))
    assert page.run("return document.activeElement.textContent") == "Keep working"
    page.press(Keys.ENTER)
    assert len(page.order) == 3

    page.click(page.find("#start-over"))
    page.press(Keys.TAB, Keys.ENTER)
    page.wait("return document.querySelector('#start:not([hidden])')")
    page.open()

    assert page.find("#start").is_displayed()
    assert page.order == []


def test_each_tab_has_a_gallery_of_its_own(page, shots):
    page.choose(shots(2))
    saved(page)
    first = page.browser.current_window_handle
    page.browser.switch_to.new_window("tab")
    try:
        page.open()
        assert page.find("#start").is_displayed()
    finally:
        page.browser.close()
        page.browser.switch_to.window(first)

    reload(page)
    assert len(page.order) == 2


# Makes this tab's last visit `age` milliseconds old, and counts what all tabs keep.
AGE = """const [age, done] = arguments; const opening = indexedDB.open("stayrank");
opening.onsuccess = () => {
  const transaction = opening.result.transaction(["tabs", "kept"], "readwrite");
  transaction.objectStore("tabs").put(Date.now() - age, sessionStorage.tab);
  const counting = transaction.objectStore("kept").count();
  transaction.oncomplete = () => { opening.result.close(); done(counting.result) };
};"""
HOUR_MS = 3_600_000


def test_what_another_tab_has_not_touched_for_a_day_is_deleted(page, shots):
    def leave(age_h: int) -> int:
        kept = page.browser.execute_async_script(AGE, age_h * HOUR_MS)
        page.run("sessionStorage.clear()")  # as if it were another tab
        page.open()
        return kept

    page.choose(shots(2))
    saved(page)
    one = leave(23)
    page.choose(shots(2))
    saved(page)
    two = leave(25)

    assert (two, leave(0)) == (2 * one, one)


def test_a_tab_that_slept_for_days_still_has_its_gallery(page, shots):
    page.choose(shots(2))
    saved(page)
    page.browser.execute_async_script(AGE, 72 * HOUR_MS)

    reload(page)

    assert len(page.order) == 2


@pytest.fixture
def storeless(page):
    added = page.browser.execute_cdp_cmd(
        "Page.addScriptToEvaluateOnNewDocument", {"source": NO_STORE}
    )
    yield page
    page.browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


def test_a_browser_that_keeps_nothing_says_so_and_the_page_works(storeless, shots):
    storeless.open()
    storeless.choose(shots(3))

    assert len(storeless.order) == 3
    assert storeless.find("#keeping").text == "Not saved"
    assert "does not save the gallery (forbidden)" in storeless.find("#messages").text


def test_a_store_that_fills_up_is_said_and_the_page_works(page, shots):
    page.run(FULL)
    page.choose(shots(3))
    page.wait("return document.querySelector('#keeping').textContent === 'Not saved'")

    assert len(page.order) == 3
    assert "no room left" in page.find("#messages").text
