from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_gallery.exports.ota import to_ota
from stayrank_gallery.exports.rows import order_of

OTA = "{http://www.opentravel.org/OTA/2003/05}"


def images(text):
    return [*ET.fromstring(text).iter(f"{OTA}ImageItem")]  # noqa: S314 - we have just written it


def test_every_photo_has_its_picture_category_and_display_order(ranking, shot):
    shots = [
        shot("out", tag="exterior", mean=8),
        shot("bed", tag="bedroom", mean=7, direction=90),
        shot("odd", tag="bedroom", mean=6, direction=180, rejected=True),
    ]

    items = images(to_ota(order_of(ranking(shots))))

    assert [item.get("Category") for item in items] == ["1", "6", "20"]
    formats = [item.find(f"{OTA}ImageFormat") for item in items]
    assert [(form.get("Sort"), form.get("FileName")) for form in formats] == [
        ("1", "out"),
        ("2", "bed"),
        ("3", "odd"),
    ]
    assert [item.find(f"{OTA}Description").get("Caption") for item in items] == [
        "Exterior view",
        "Guest room",
        "Miscellaneous",
    ]


def test_an_id_that_is_an_address_is_one_in_the_message(ranking):
    (item,) = images(to_ota(order_of(ranking(["https://img.example/a.jpg?x=1&y=2"]))))

    image = item.find(f"{OTA}ImageFormat")
    assert image.find(f"{OTA}URL").text == "https://img.example/a.jpg?x=1&y=2"
    assert image.get("FileName") is None


@given(name=st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20))
def test_whatever_an_id_holds_it_is_read_back(ranking, name):
    (item,) = images(to_ota(order_of(ranking([name]))))

    read = item.find(f"{OTA}ImageFormat").get("FileName")
    assert read == name.translate({0xFFFE: "\ufffd", 0xFFFF: "\ufffd"})


@pytest.mark.parametrize("name", ["a\x00b", "a\x1bb", "a\x0bb"])
def test_what_no_xml_may_hold_is_replaced(ranking, name):
    (item,) = images(to_ota(order_of(ranking([name]))))

    assert item.find(f"{OTA}ImageFormat").get("FileName") == "a\ufffdb"


def test_an_order_without_photos_has_no_images(ranking, shot):
    assert images(to_ota(order_of(ranking([shot("a", unusable="both")])))) == []
