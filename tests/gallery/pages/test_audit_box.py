"""What the audit found, beside the order."""

from selenium.webdriver.support.ui import Select


def test_findings_are_shown_and_their_photos_open(page, shots):
    page.choose(shots(3))
    page.wait("return document.querySelector('#findings li')")

    assert page.find("#verdict").text
    page.find("#audit-box .thumbs button").click()
    assert page.find("#detail-file").text in {"0.jpg", "1.jpg", "2.jpg"}


def test_every_pack_can_be_chosen(page, shots):
    page.choose(shots(3))
    packs = Select(page.find("#pack"))
    assert len(packs.options) > 1

    for option in packs.options:
        page.run("document.getElementById('verdict').textContent = ''")
        packs.select_by_value(option.get_attribute("value"))
        page.run("document.getElementById('pack').dispatchEvent(new Event('change'))")
        page.wait("return document.getElementById('verdict').textContent")

    assert not page.all("#messages li")
