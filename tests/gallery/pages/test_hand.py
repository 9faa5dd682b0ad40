"""The editor's hand: pin, move, leave out, bring back, by keyboard and by pointer."""

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys


@pytest.fixture
def eight(page, shots):
    page.choose(shots(8))
    return page


def test_space_and_arrows_move_a_photo_and_space_pins_it(eight):
    photo = eight.order[4]
    eight.focus(photo)

    eight.press(Keys.SPACE)
    assert f"Picked up {photo}, place 5 of 8" in eight.said
    eight.press(Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    assert eight.said == "Place 3 of 8"
    assert eight.order[2] == photo
    eight.press(Keys.SPACE)
    eight.settle()

    assert eight.said == "Pinned at place 3"
    assert eight.order[2] == photo
    assert eight.focused == photo
    assert eight.part(photo, ".pin").get_attribute("aria-pressed") == "true"


def test_a_pinned_photo_stays_whatever_else_is_chosen(eight):
    photo = eight.order[5]
    eight.focus(photo)
    eight.press(Keys.SPACE, Keys.HOME, Keys.SPACE)
    eight.settle()

    eight.slide("trade_off", 0)
    eight.slide("trade_off", 1)

    assert eight.order[0] == photo


def test_escape_lets_go_and_nothing_is_changed(eight):
    before = eight.order
    eight.focus(before[2])
    eight.press(Keys.SPACE, Keys.END)
    assert eight.order[-1] == before[2]

    eight.press(Keys.ESCAPE)

    assert eight.order == before
    assert eight.focused == before[2]
    assert not eight.find("#undo").is_enabled()


def test_arrows_walk_through_the_gallery(eight):
    order = eight.order
    eight.focus(order[0])

    eight.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_LEFT)
    assert eight.focused == order[1]
    eight.press(Keys.ARROW_DOWN)
    below = eight.focused
    eight.press(Keys.ARROW_UP)

    assert order.index(below) > 1
    assert order.index(eight.focused) < order.index(below)


def test_p_pins_in_place_and_again_unpins(eight):
    photo = eight.order[3]
    eight.focus(photo)

    eight.press("p")
    eight.settle()
    assert eight.part(photo, ".pin").get_attribute("aria-pressed") == "true"
    eight.press("P")  # as Caps Lock makes it
    eight.settle()

    assert eight.part(photo, ".pin").get_attribute("aria-pressed") == "false"


def test_delete_leaves_out_and_the_next_photo_takes_the_focus(eight):
    before = eight.order
    eight.focus(before[2])

    eight.press(Keys.DELETE)
    eight.settle()

    assert eight.order == [photo for photo in before if photo != before[2]]
    assert eight.focused == before[3]
    assert "Left out by you" in eight.find("#left-out").text

    eight.find("#left-out .link").click()
    eight.settle()
    assert eight.order == before
    assert not eight.find("#left-out").is_displayed()


def drag(page, photo, target, *, drop=True):
    place = page.order.index(target)
    page.run("arguments[0].scrollIntoView({ block: 'center' })", page.part(target, ".open"))
    chain = ActionChains(page.browser, duration=50)
    chain.move_to_element(page.part(photo, ".open")).click_and_hold().move_by_offset(9, 9)
    chain.move_to_element(page.part(target, ".open")).move_by_offset(3, 3).perform()
    page.wait_for_place(photo, place)
    if drop:
        ActionChains(page.browser).release().perform()
        page.settle()


def test_a_photo_is_dragged_to_the_place_where_it_is_pinned(eight):
    order = eight.order

    drag(eight, order[4], order[1])

    assert eight.order[1] == order[4]
    assert eight.part(order[4], ".pin").get_attribute("aria-pressed") == "true"
    assert not eight.find("#detail").is_displayed()  # a drag is no click
    assert not eight.all(".ghost")


def test_a_finger_drags_by_the_grip_alone(eight):
    order = eight.order
    eight.browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})

    def swipe(photo, part, target):
        start, end = (
            eight.run(
                "const box = arguments[0].getBoundingClientRect();"
                "return { x: box.x + box.width / 2, y: box.y + box.height / 2 }",
                element,
            )
            for element in (eight.part(photo, part), eight.part(target, ".open"))
        )
        place = eight.order.index(target)
        middle = {axis: (start[axis] + end[axis]) / 2 for axis in "xy"}
        touch("touchStart", start)
        touch("touchMove", middle)
        touch("touchMove", end)
        if part == ".grip":
            eight.wait_for_place(photo, place)
        touch("touchEnd")
        eight.settle()

    def touch(kind, *points):
        event = {"type": kind, "touchPoints": points}
        eight.browser.execute_cdp_cmd("Input.dispatchTouchEvent", event)

    try:
        swipe(order[2], ".open", order[1])
        assert eight.order == order
        eight.run("scrollTo(0, 0)")
        swipe(order[2], ".grip", order[1])
        assert eight.order[1] == order[2]
    finally:
        eight.browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})


def test_two_pinned_photos_change_places_at_the_end_and_both_stay_pinned(eight):
    order = eight.order
    eight.focus(order[7])
    eight.press("p")
    eight.settle()
    eight.focus(order[3])
    eight.press(Keys.SPACE, Keys.END, Keys.SPACE)
    eight.settle()

    assert eight.order[6:] == [order[7], order[3]]
    pressed = [eight.part(photo, ".pin").get_attribute("aria-pressed") for photo in eight.order]
    assert pressed == ["false"] * 6 + ["true"] * 2


def test_escape_ends_a_drag_and_nothing_is_changed(eight):
    order = eight.order
    drag(eight, order[4], order[1], drop=False)
    assert eight.order != order

    ActionChains(eight.browser).send_keys(Keys.ESCAPE).release().perform()
    eight.settle()

    assert eight.order == order
    assert not eight.all(".ghost")


def test_a_click_is_no_drag(eight):
    eight.part(eight.order[2], ".open").click()

    assert eight.find("#detail").is_displayed()
    assert not eight.find("#undo").is_enabled()


def test_photos_that_come_later_do_not_take_a_pinned_place(eight, tmp_path, picture):
    photo = eight.order[6]
    eight.focus(photo)
    eight.press(Keys.SPACE, Keys.HOME, Keys.SPACE)
    eight.settle()
    late = tmp_path / "late.jpg"
    late.write_bytes(picture(seed=7))

    eight.choose([late])

    assert eight.order[0] == photo
    assert "late.jpg" in eight.order
