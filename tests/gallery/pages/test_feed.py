"""What a feed may show and how much of it, and wishes that the order cannot follow."""

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from stayrank_gallery.settings import GallerySettings


@pytest.fixture
def settings(settings, tmp_path) -> GallerySettings:
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "large_photos.toml").write_text("min_pixels = 9000")
    (folder / "huge_photos.toml").write_text("min_pixels = 1_000_000")
    return settings.model_copy(update={"policies_dir": folder})


@pytest.fixture
def six(page, shots, tmp_path, picture):
    """Four photos, and two that are too small for the feed."""
    small = [tmp_path / f"small-{n}.jpg" for n in range(2)]
    for seed, path in enumerate(small):
        path.write_bytes(picture(seed=50 + seed, size=(60, 40)))
    page.choose([*shots(4), *small])
    return page


def fill(page, places):
    field = page.find("#limit")
    field.clear()
    field.send_keys(str(places), Keys.ENTER)
    page.settle()


def unkept(page):
    return [line.text for line in page.all("#unkept li")]


def test_a_policy_says_what_it_refuses_and_what_it_refused_is_left_out_with_the_reason(six):
    before = six.order
    box = Select(six.find("#policy"))
    box.select_by_value("large_photos")
    six.settle()

    assert six.order == [photo for photo in before if not photo.startswith("small")]
    assert six.find("#policy-about").text == "9,000 pixels or more"
    left_out = six.find("#left-out").text
    assert "Not for this feed" in left_out
    assert left_out.count("2,400 pixels are fewer than 9,000") == 2
    assert six.find("#summary").text == "4 photos · 2 left out"

    box.select_by_value("")
    six.settle()
    assert six.order == before
    assert not six.find("#left-out").is_displayed()


def test_where_a_policy_refuses_every_photo_nothing_is_shown_and_nothing_complained_of(six):
    six.wait("return document.querySelector('#findings li')")

    Select(six.find("#policy")).select_by_value("huge_photos")
    six.settle()
    six.wait("return !document.querySelector('#findings li')")

    assert six.order == []
    assert six.find("#verdict").text == "to mend"
    assert not six.all("#messages li")
    six.find("#compare-toggle").click()
    assert "Nothing is shown" in six.find("#compare").text


def test_a_limit_shows_the_first_places_and_the_rest_is_left_out(six):
    before = six.order

    fill(six, 3)

    assert six.order == before[:3]
    assert "Beyond the places to fill" in six.find("#left-out").text
    six.find("#undo").click()
    six.settle()
    assert six.order == before


def test_a_limit_that_is_no_number_of_places_is_refused_by_the_field(six):
    before = six.order

    fill(six, 0)

    assert six.run("return document.querySelector('#limit:invalid') !== null")
    assert six.order == before
    assert not six.find("#undo").is_enabled()


def test_places_that_cannot_be_filled_are_said(six):
    fill(six, 9)
    assert unkept(six) == ["Only 6 of 9 places can be filled: there are no more photos."]

    fill(six, 6)
    assert unkept(six) == []


def test_a_pin_that_cannot_hold_says_why_and_holds_again_when_it_can(six):
    six.focus("small-0.jpg")
    six.press(Keys.SPACE, Keys.END, Keys.SPACE)
    six.settle()
    assert (six.order[5], unkept(six)) == ("small-0.jpg", [])

    fill(six, 3)
    assert unkept(six) == ["small-0.jpg is pinned to place 6, but the limit is 3 places."]
    six.find("#undo").click()
    Select(six.find("#policy")).select_by_value("large_photos")
    six.settle()
    assert unkept(six) == ["small-0.jpg is pinned to place 6, but the feed may not show it."]
    six.find("#undo").click()
    six.settle()
    assert (six.order[5], unkept(six)) == ("small-0.jpg", [])

    six.click(six.part(six.order[0], ".exclude"))
    six.settle()
    assert six.order[4] == "small-0.jpg"
    assert unkept(six) == [
        "small-0.jpg is pinned to place 6, but stands at 5, the last that there is."
    ]


def test_runs_that_cannot_be_broken_are_said(page, shots):
    page.choose(shots(10))
    areas = [page.part(photo, ".area").text.lower() for photo in page.order]
    area = max({*areas} - {"no clear area"}, key=areas.count)
    for photo, shown in zip(page.order, areas, strict=True):
        if shown != area:
            page.click(page.part(photo, ".exclude"))
            page.settle()
    left = areas.count(area)
    assert left > 1

    Select(page.find("#max_run")).select_by_value("1")
    page.settle()

    assert unkept(page) == [f"{left} {area} photos in a row from place 1: no other area is left."]


def test_a_service_without_policies_offers_none(page, shots):
    assert page.all("#policy")
    assert len(Select(page.find("#policy")).options) == 3
