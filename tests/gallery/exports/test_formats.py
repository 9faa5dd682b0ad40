import json

import pytest

from stayrank_gallery.exports import ExportFormat, export
from stayrank_gallery.exports.rows import Order, order_of


def test_json_holds_the_order_and_the_edition_of_the_codes(ranking):
    response = ranking(["b", "a"])

    content = export(response, ExportFormat.JSON)

    assert Order.model_validate_json(content) == order_of(response)
    assert "OpenTravel" in json.loads(content)["picture_categories"]


@pytest.mark.parametrize("form", ExportFormat)
def test_every_form_names_every_photo_in_utf_8(ranking, form):
    text = export(ranking(["Zürich.jpg", "b"]), form).decode("utf-8")

    assert text.index("Zürich.jpg") < text.index('"b"' if form != "csv" else "2,b,")
