import pytest
from starlette.requests import Request

from stayrank_common.web.pictures import wants_png


@pytest.mark.parametrize(
    ("accept", "png"),
    [
        ("image/png", True),
        ("image/*", True),
        ("IMAGE/PNG", True),
        ("text/html, image/avif, image/png, */*;q=0.8", True),
        ("image/png;q=0.9, application/json;q=0.5", True),
        ("*/*", False),
        ("", False),
        ("application/json", False),
        ("application/json, image/png", False),
        ("image/png;q=0", False),
        ("image/*, image/png;q=0, application/json;q=0.1", False),
        ("image/png;q=much, application/json", False),
        ("image/png;q=nan", False),
    ],
)
def test_png_is_for_those_who_prefer_it_to_json(accept, png):
    scope = {"type": "http", "headers": [(b"accept", accept.encode())]}

    assert wants_png(Request(scope)) is png


def test_who_says_nothing_gets_json():
    assert not wants_png(Request({"type": "http", "headers": []}))
