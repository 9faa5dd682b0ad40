"""The order follows photos and options, and nothing is scored twice."""

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from stayrank_common.errors import StayRankError
from stayrank_gallery.curation import area_percentiles
from stayrank_gallery.schemas import RankOptions


def means(page, photos=None):
    return [float(page.part(photo, ".score strong").text) for photo in photos or page.order]


def of_known_areas(page):
    """The others count half."""
    told = {photo: page.part(photo, ".why").get_property("textContent") for photo in page.order}
    return [photo for photo, why in told.items() if "area not certain" not in why]


def test_at_the_end_of_the_slider_beauty_alone_counts_and_nothing_is_scored_again(
    page, shots, scorer
):
    page.choose(shots(8))
    asked = list(scorer.calls)

    page.slide("trade_off", 0)

    known = means(page, of_known_areas(page))
    assert known == sorted(known, reverse=True)
    assert scorer.calls == asked
    assert sorted(len(call) for call in asked) == [2, 6]


def test_the_strategy_is_a_choice_and_takes_the_slider_away_where_it_means_nothing(page, shots):
    page.choose(shots(8))
    Select(page.find("#strategy")).select_by_value("score")
    page.settle()

    assert means(page) == sorted(means(page), reverse=True)
    assert not page.find("#trade_off").is_enabled()


@pytest.mark.parametrize("field", ["context", "score", "max_run"])
def test_every_choice_is_one_that_the_service_knows(page, shots, field):
    page.choose(shots(4))
    choice = Select(page.find(f"#{field}"))

    for option in choice.options:
        if option.is_enabled():
            choice.select_by_value(option.get_attribute("value"))
        page.settle()
        assert not page.all("#messages li")

    assert len(choice.options) > 1


@pytest.mark.parametrize("known", [True, False])
def test_ranks_within_an_area_are_a_choice_where_they_are_known_of_the_model(
    page, shots, monkeypatch, known
):
    model, tables = area_percentiles._read()
    if known:
        fake = model.model_copy(update={"name": "fake", "version": "1"})
        monkeypatch.setattr(area_percentiles, "_read", lambda: (fake, tables))

    page.choose(shots(4))

    (option,) = page.all("#score [value=area_percentile]")
    assert option.is_enabled() is known


def test_undo_takes_back_a_slide_as_one_change_and_reset_takes_back_all(page, shots):
    page.choose(shots(8))
    first = page.order
    assert not page.find("#undo").is_enabled()
    for value in (0.5, 0.2, 0):
        page.slide("trade_off", value)
    Select(page.find("#max_run")).select_by_value("1")
    page.settle()

    page.find("#undo").click()
    page.settle()
    assert page.find("#max_run").get_property("value") == ""
    assert page.find("#trade_off").get_property("value") == "0"
    page.run("document.activeElement.blur()")
    ActionChains(page.browser).key_down(Keys.CONTROL).send_keys("z").key_up(Keys.CONTROL).perform()
    page.settle()
    assert page.order == first
    page.slide("trade_off", 0.5)
    page.find("#reset").click()
    page.settle()

    assert float(page.find("#trade_off").get_property("value")) == RankOptions().trade_off
    assert page.order == first


def test_the_areas_that_are_shown_and_those_that_are_not_are_listed(page, shots):
    page.choose(shots(8))

    lines = [line.text.split("\n") for line in page.all("#areas li")]
    assert len(lines) == 8
    assert sum(int(number) for _, number in lines if number != "none") <= 8
    assert [number for _, number in lines] == sorted(
        (number for _, number in lines), key=lambda n: 0 if n == "none" else -int(n)
    )


def test_photos_that_got_no_answer_are_named_and_tried_again_on_demand(page, shots, scorer):
    scorer._error = StayRankError("the model is gone")
    page.choose(shots(3))
    assert page.order == []
    assert "3 photos got no answer" in page.find("#messages").text

    scorer._error = None
    page.find("#messages .link").click()
    page.settle()

    assert len(page.order) == 3
    assert not page.all("#messages li")
    assert not page.find("#left-out").is_displayed()


def test_an_order_that_cannot_be_had_is_explained_and_the_last_one_stays(page, shots):
    page.choose(shots(1))
    page.part("0.jpg", ".exclude").click()
    page.settle()

    assert page.find("#messages").text
    assert page.order == ["0.jpg"]

    page.find("#undo").click()
    page.settle()
    assert not page.all("#messages li")
