"""What the audit found, beside the order."""

import pytest
from selenium.webdriver.support.ui import Select


@pytest.fixture
def audited(page, shots):
    """A gallery of twelve photos that are all too small."""
    page.choose(shots(12))
    page.wait("return document.querySelector('#findings .thumbs')")
    return page


def test_findings_are_shown_and_their_photos_open(audited):
    assert audited.find("#verdict").text == "to mend"
    assert audited.find("#findings .error strong").text

    audited.find("#findings .thumbs button").click()

    assert audited.find("#detail").is_displayed()
    assert audited.find("#detail-file").text in audited.order


def test_of_many_photos_some_are_shown_and_the_rest_on_demand(audited):
    length = "return document.{}.closest('.thumbs').children.length"
    assert audited.run(length.format("querySelector('#findings .more')")) == 8 + 1
    audited.find("#findings .more").click()
    assert audited.run(length.format("activeElement")) == 12

    assert len(audited.all("#replace-list > li")) == 4
    assert audited.find("#replace-rest summary").text == "and 8 more"


def test_what_is_left_out_is_not_judged(audited):
    first = audited.order[0]
    thumbs = "return document.querySelectorAll('#findings [title=\\'{}\\']').length"
    assert audited.run(thumbs.format(first))

    audited.part(first, ".exclude").click()
    audited.settle()

    audited.wait(f"return !document.querySelector('#findings [title=\\'{first}\\']')")


def test_every_pack_can_be_chosen_and_says_what_it_is_modelled_on(audited):
    packs = Select(audited.find("#pack"))
    about = set()

    for option in packs.options:
        audited.run("document.getElementById('verdict').textContent = ''")
        packs.select_by_value(option.get_attribute("value"))
        audited.run(
            "document.getElementById('pack').dispatchEvent(new Event('change', { bubbles: true }))"
        )
        audited.wait("return document.getElementById('verdict').textContent")
        about.add(audited.find("#pack-about").text)

    assert len(about) == len(packs.options) > 1
    assert not audited.all("#messages li")
