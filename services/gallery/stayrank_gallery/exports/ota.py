"""An order as an OpenTravel message, OTA_HotelDescriptiveContentNotifRQ.

    ImageItem/@Category       the picture category (PIC)
    ImageFormat/@Sort         the place, the cover first
    ImageFormat/@FileName     the photo's id, or ImageFormat/URL where the id is an address
    Description/@Caption      the category in words

Who the property is (HotelCode) and whatever else a partner asks for is not known here.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from stayrank_gallery.exports.rows import Order, Row

_NAMESPACE = "http://www.opentravel.org/OTA/2003/05"
_PATH = (
    "HotelDescriptiveContents",
    "HotelDescriptiveContent",
    "MultimediaDescriptions",
    "MultimediaDescription",
    "ImageItems",
)
# All that is no Char of XML 1.0, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_ota(order: Order) -> str:
    """Write the message; an order without photos gives one without images."""
    root = ET.Element(
        "OTA_HotelDescriptiveContentNotifRQ", {"xmlns": _NAMESPACE, "Version": "8.000"}
    )
    if order.photos:
        element = root
        for name in _PATH:
            element = ET.SubElement(element, name)
        for row in order.photos:
            _image(element, row)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _image(parent: ET.Element, row: Row) -> None:
    item = ET.SubElement(parent, "ImageItem", {"Category": str(row.picture_category_code)})
    image = ET.SubElement(item, "ImageFormat", {"Sort": str(row.display_order)})
    name = _NOT_XML.sub("\ufffd", row.id)
    if re.match(r"https?://", name, re.IGNORECASE):
        ET.SubElement(image, "URL").text = name
    else:
        image.set("FileName", name)
    ET.SubElement(item, "Description", {"Caption": row.picture_category})
