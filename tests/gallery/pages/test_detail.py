"""One photo at large."""

import shutil

import pytest
from selenium.webdriver.common.keys import Keys


@pytest.fixture
def four(page, shots):
    page.choose(shots(4))
    return page


def test_enter_opens_a_photo_and_escape_returns_to_it(four):
    photo = four.order[1]
    four.focus(photo)

    four.press(Keys.ENTER)
    assert four.find("#detail-file").text == photo
    assert four.find("#detail-place").get_property("value") == "2"
    assert len(four.all("#detail-histogram i")) == 10
    four.press(Keys.ESCAPE)

    assert not four.find("#detail").is_displayed()
    assert four.focused == photo


def test_arrows_step_through_the_order_and_stop_at_its_ends(four):
    order = four.order
    four.part(order[2], ".open").click()

    seen = []
    for key in (Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, *[Keys.ARROW_LEFT] * 4):
        four.press(key)
        seen.append(order.index(four.find("#detail-file").text))

    assert seen == [3, 3, 2, 1, 0, 0]


def test_heat_is_asked_for_on_demand_and_once_for_each_question(four, scorer):
    photo = four.order[0]
    four.part(photo, ".open").click()
    assert scorer.explained == []

    for view in ("tag", "score", "tag", "photo", "score"):
        four.find(f"[name=view][value={view}] + span").click()
        shown = "!" if view == "photo" else ""
        four.wait(f"return {shown}!document.getElementById('detail-heat').hidden".replace("!!", ""))

    assert [tag is None for _, tag in scorer.explained] == [False, True]
    assert four.run("return document.getElementById('detail-heat').naturalWidth") == 120


def test_heat_that_cannot_be_had_says_why(four, scorer, monkeypatch):
    async def explain(*_):
        raise RuntimeError

    monkeypatch.setattr(scorer, "explain", explain)
    four.part(four.order[0], ".open").click()
    four.find("[name=view][value=tag] + span").click()

    four.wait("return document.getElementById('detail-busy').textContent.includes('our fault')")
    assert not four.find("#detail-heat").is_displayed()


@pytest.mark.parametrize(
    ("degrees", "said"),
    [(2.4, "2° counter-clockwise"), (-2.6, "3° clockwise"), (-0.4, "none"), (None, None)],
)
def test_a_tilt_says_its_way_and_one_that_is_not_known_says_nothing(page, degrees, said):
    facts = page.browser.execute_async_script(
        "const [tilt_degrees, done] = arguments;"
        "import('/static/js/facts.js').then(({ lookFacts }) => done("
        "  lookFacts({ width: 1, height: 1, luminance: 1, sharpness: 1, tilt_degrees },"
        "    new File([], '')).map(({ textContent }) => textContent)))",
        degrees,
    )

    assert dict(zip(facts[::2], facts[1::2], strict=True)).get("Tilt") == said


def test_a_place_is_typed_where_dragging_is_no_choice(four):
    photo = four.order[3]
    four.part(photo, ".open").click()
    place = four.find("#detail-place")
    place.clear()
    place.send_keys("1", Keys.ENTER)
    four.settle()
    assert four.order[0] == photo

    four.find("#detail-unpin").click()
    four.settle()
    assert four.order[3] == photo


def test_a_place_behind_the_last_is_refused_by_the_field(four):
    four.part(four.order[0], ".open").click()
    place = four.find("#detail-place")
    place.clear()
    place.send_keys("5", Keys.ENTER)

    assert four.run("return document.querySelector('#detail-place:invalid') !== null")
    assert not four.find("#undo").is_enabled()


def test_leaving_out_goes_on_to_the_next_photo(four):
    order = four.order
    four.part(order[1], ".open").click()
    four.find("#detail-exclude").click()
    four.settle()

    assert four.find("#detail-file").text == order[2]
    assert order[1] not in four.order


def test_copies_are_folded_under_the_best_and_one_can_be_shown_instead(page, shots, tmp_path):
    (photo,) = shots(1)
    twin = tmp_path / "twin.jpg"
    shutil.copy(photo, twin)
    page.choose([photo, twin])
    (best,) = page.order
    (other,) = {"0.jpg", "twin.jpg"} - {best}
    assert page.part(best, ".folded").text == "+ 1 similar"

    page.part(best, ".folded").click()
    page.find("#detail-copies button").click()
    assert page.find("#detail-file").text == other
    assert page.find("#detail-reasons").text == f"folded under {best}"
    page.find("#detail-instead").click()
    page.settle()

    assert page.order == [other]
    assert best in page.find("#left-out").get_property("textContent")
