"""The start page, and what it leads to."""

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions as expect
from selenium.webdriver.support.ui import WebDriverWait


def test_the_sample_is_reached_by_keyboard_alone(page):
    link = page.find("#sample")
    for _ in range(10):
        if page.browser.switch_to.active_element == link:
            break
        page.press(Keys.TAB)
    page.press(Keys.ENTER)
    page.settle()

    assert sorted(page.order) == [f"{seed}.jpg" for seed in range(5)]
    page.wait("return [...document.querySelectorAll('.card img')].every((i) => i.naturalWidth)")


def test_without_scripts_a_plain_form_ranks(page, shots):
    page.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        page.browser.get(page.address)
        page.find("#files").send_keys("\n".join(map(str, shots(3))))
        page.find("form button").click()

        third = (By.CSS_SELECTOR, ".gallery .photo:nth-child(3) img")
        WebDriverWait(page.browser, 30).until(expect.presence_of_element_located(third))
        assert page.browser.current_url.endswith("/contact-sheet")
    finally:
        page.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_without_scripts_the_sample_is_a_contact_sheet(page):
    page.browser.get(page.address + "sample")

    assert len(page.all(".gallery .photo")) == 5


@pytest.mark.parametrize("width", [360, 768, 1600])
def test_nothing_sticks_out_sideways(page, shots, width):
    page.look(width)
    overhang = "return document.documentElement.scrollWidth - innerWidth"
    found = {"start": page.run(overhang)}
    page.choose(shots(6))
    found["gallery"] = page.run(overhang)
    page.find("#compare-toggle").click()
    found["comparison"] = page.run(overhang)
    page.find("#compare-toggle").click()
    page.find(".open").click()
    found["detail"] = page.run(
        "const dialog = document.getElementById('detail'); return dialog.scrollWidth - innerWidth"
    )

    assert max(found.values()) <= 0, found
