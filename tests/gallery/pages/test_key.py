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


ASKED = "return document.querySelector('#key[open]')"


@pytest.fixture
def asked(page, shots):
    """Photos are chosen, and with the first call the key is asked for."""
    page.find("#files").send_keys("\n".join(map(str, shots(3))))
    page.wait(ASKED)
    return page


def enter(page, key: str) -> None:
    page.find("#key-value").send_keys(key, Keys.ENTER)


@pytest.fixture(autouse=True)
def forgotten(page):
    """Keys outlive a page in the same tab."""
    yield
    page.run("sessionStorage.clear()")


def test_a_key_is_asked_for_once_and_then_everything_works(asked):
    enter(asked, KEY)
    asked.settle()
    assert len(asked.order) == 3

    asked.browser.refresh()
    asked.settle()

    assert len(asked.order) == 3
    assert not asked.run(ASKED)


def test_a_wrong_key_is_told_and_can_be_mended(asked):
    enter(asked, "wrong")
    asked.wait("return document.querySelector('#key[open] #key-refused:not([hidden])')")

    enter(asked, KEY)
    asked.settle()

    assert len(asked.order) == 3


def test_who_has_no_key_can_leave_it_and_is_told_why_nothing_works(asked):
    asked.press(Keys.ESCAPE)
    asked.settle()

    assert "send a known key" in asked.find("#messages").text
