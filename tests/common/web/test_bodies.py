import json

import pytest
from fastapi import APIRouter
from pydantic import BaseModel

from stayrank_common.web.bodies import CappedRoute

JSON = {"Content-Type": "application/json"}
LIMIT = 2 * CappedRoute.bytes_a_photo


class Text(BaseModel):
    text: str


@pytest.fixture
def app(make_app):
    router = APIRouter(route_class=CappedRoute)

    @router.post("/length")
    async def length(body: Text) -> int:
        return len(body.text)

    app = make_app(max_photos=2)
    app.include_router(router)
    return app


def body_of(size: int) -> bytes:
    content = json.dumps({"text": "x" * (size - len('{"text": ""}'))}).encode()
    assert len(content) == size
    return content


def test_a_body_of_just_the_limit_arrives_whole(app, call):
    content = body_of(LIMIT)

    answer = call(app, "POST", "/length", JSON, [content[:100], content[100:]])

    assert (answer.status, answer.json) == (200, LIMIT - len('{"text": ""}'))


def test_a_body_that_declares_more_is_refused_unread(app, call):
    answer = call(app, "POST", "/length", JSON | {"Content-Length": str(LIMIT + 1)}, [b"x"] * 9)

    assert (answer.status, answer.json["type"], answer.chunks_read) == (413, "body-too-large", 0)


def test_a_body_that_turns_out_larger_is_not_read_to_its_end(app, call):
    answer = call(app, "POST", "/length", JSON, [b"x" * CappedRoute.bytes_a_photo] * 9)

    assert (answer.status, answer.json["type"], answer.chunks_read) == (413, "body-too-large", 3)


def test_a_body_that_is_not_of_the_form_is_malformed(app, call):
    answer = call(app, "POST", "/length", JSON, [b'{"test": "x"}'])

    assert (answer.status, answer.json["type"]) == (422, "malformed-request")


def test_json_of_countless_values_is_refused_before_it_is_parsed(app, call):
    text = "," * (10_000 + 2 * 100 - 1)  # and the brace makes one more
    most, more = (json.dumps({"text": text + end}).encode() for end in ("", "["))

    answer = call(app, "POST", "/length", JSON, [more])

    assert call(app, "POST", "/length", JSON, [most]).json == len(text)
    assert (answer.status, answer.json["type"]) == (422, "malformed-request")
    assert answer.json["detail"] == "the body has more than 10,200 values"


def test_a_smaller_limit_of_all_bodies_holds_here_too(make_app, call):
    router = APIRouter(route_class=CappedRoute)
    router.add_api_route("/length", lambda body: len(body.text), methods=["POST"])
    app = make_app(max_photos=200, max_body_bytes=1024)
    app.include_router(router)

    assert call(app, "POST", "/length", JSON, [b"x" * 1025]).status == 413


@pytest.mark.parametrize("half", [b"\\udc80", b"\xed\xb2\x80"])
def test_half_a_surrogate_pair_is_no_text(app, call, half):
    answer = call(app, "POST", "/length", JSON, [b'{"text": "' + half + b'"}'])

    assert (answer.status, answer.json["type"]) == (422, "malformed-request")


def test_a_surrogate_pair_is_a_character(app, call):
    answer = call(app, "POST", "/length", JSON, [b'{"text": "\\ud83d\\ude00"}'])

    assert (answer.status, answer.json) == (200, 1)
