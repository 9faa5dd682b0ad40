"""The page of a service that asks for keys."""

import pytest
from selenium.webdriver.common.keys import Keys

from stayrank_common.keys import digest, new_key

KEY = new_key()


@pytest.fixture
def settings(settings, tmp_path):
    path = tmp_path / "keys.txt"
    path.write_text(f"editor {digest(KEY)}")
    return settings.model_copy(update={"keys_file": path})


def enter(page, key: str) -> None:
    field = page.find("#key-value")
    field.send_keys(key)
    field.send_keys(Keys.ENTER)


def is_open(page) -> bool:
    return page.run("return document.querySelector('#key').open")


@pytest.fixture(autouse=True)
def forgotten(page):
    """Keys outlive a page in the same tab."""
    yield
    page.run("sessionStorage.clear()")


def test_a_key_is_asked_for_once_and_then_everything_works(page, shots):
    enter(page, KEY)
    page.wait("return document.querySelector('#context option')")

    page.choose(shots(3))

    assert len(page.order) == 3
    assert not is_open(page)
    page.browser.refresh()
    page.wait("return document.querySelector('#context option')")
    assert not is_open(page)


def test_a_wrong_key_is_told_and_can_be_mended(page):
    enter(page, "wrong")
    page.wait("return document.querySelector('#key[open] #key-refused:not([hidden])')")

    enter(page, KEY)

    page.wait("return document.querySelector('#context option')")


def test_who_has_no_key_can_leave_it_and_is_told_why_nothing_works(page):
    page.press(Keys.ESCAPE)

    page.wait("return !document.querySelector('#key').open")
    page.wait("return document.querySelector('#messages').textContent.includes('send a known key')")
