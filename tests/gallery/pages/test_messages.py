"""What is said of trouble, and what becomes of the keyboard's focus meanwhile."""

from selenium.webdriver.common.keys import Keys

from stayrank_common.errors import StayRankError

UNREACHABLE = """window.reachable = window.fetch;
window.fetch = () => Promise.reject(new TypeError());
const later = window.setTimeout;
window.setTimeout = (act) => later(act);"""  # nobody waits for the next try

IN_SIGHT = """const message = document.querySelector("#messages li");
const { top, bottom } = message.getBoundingClientRect();
return scrollY > innerHeight && top > 0 && bottom < innerHeight;"""

FOCUSED = "return document.activeElement.textContent || document.activeElement.id"


def test_a_message_that_is_said_anew_keeps_the_focus(page, shots, scorer):
    scorer._error = StayRankError("the model is gone")
    page.choose(shots(2))
    page.run("document.querySelector('#messages .link').focus()")

    page.choose(shots(5)[2:])

    assert "5 photos got no answer" in page.find("#messages").text
    assert page.run(FOCUSED) == "Try all again"


def test_an_order_that_got_no_answer_is_asked_for_again_on_demand(page, shots):
    page.choose(shots(12))
    before = page.order
    page.run(UNREACHABLE)
    page.focus(before[-1])
    page.press(Keys.DELETE)
    page.wait("return document.querySelector('#messages li')")
    assert "cannot be reached" in page.find("#messages").text
    assert page.run(IN_SIGHT)
    assert page.order == before

    page.run("window.fetch = window.reachable; document.querySelector('#messages .link').focus()")
    page.press(Keys.ENTER)
    page.settle()

    assert page.order == before[:-1]
    assert not page.all("#messages li")
    assert page.run("return document.activeElement.id") == "photos"


def test_what_no_further_try_can_help_offers_none(page, shots):
    page.choose(shots(1))
    page.part("0.jpg", ".exclude").click()
    page.settle()

    assert page.find("#messages .text").text
    assert not page.find("#messages .link").is_displayed()
