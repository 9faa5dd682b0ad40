import base64
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from stayrank_common.web.examples import EXAMPLE
from stayrank_common.web.uploads import request_body

FORM = {"Content-Type": "multipart/form-data; boundary=XX"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def client(make_app):
    with TestClient(make_app(max_photos=4, max_body_bytes=20_000)) as client:
        yield client


def part(content: bytes, name: str = "files", filename: str | None = "a.jpg") -> bytes:
    file = "" if filename is None else f'; filename="{filename}"'
    head = f'--XX\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return head.encode() + content + b"\r\n"


END = b"--XX--\r\n"


def post_json(client, *images):
    return client.post("/echo", json={"images": list(images)})


def data(content: bytes, **more: str) -> dict[str, str]:
    return {"data": base64.b64encode(content).decode(), **more}


def refusal(response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"
    return response.status_code, response.json()["type"]


def test_a_form_brings_its_files_by_name_in_order(client):
    files = [("files", (name, name.encode())) for name in ("b.jpg", "a.b.jpg", "z")]

    assert client.post("/echo", files=files).json() == [
        ["b.jpg", "b.jpg"],
        ["a.b.jpg", "a.b.jpg"],
        ["z", "z"],
    ]


@given(st.lists(st.binary(max_size=2000), min_size=1, max_size=4))
def test_files_arrive_byte_by_byte(client, contents):
    files = [("files", (f"{n}", content)) for n, content in enumerate(contents)]

    arrived = client.post("/echo", files=files).json()

    assert [photo.encode("latin-1") for _, photo in arrived] == contents


def test_a_file_without_a_name_is_called_by_its_position(client):
    body = part(b"one", filename="x") + part(b"two", filename="") + END

    assert client.post("/echo", content=body, headers=FORM).json() == [["x", "one"], ["1", "two"]]


def test_a_file_larger_than_a_field_may_be_is_taken(make_app):
    photo = b"x" * 3_000_000
    with TestClient(make_app()) as client:
        assert client.post("/echo", files=[("files", ("a", photo))]).json() == [
            ["a", "x" * 3_000_000]
        ]


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/*", "IMAGE/PNG; q=1", "image/x-odd"])
def test_one_raw_image_is_photo_0(client, media_type):
    response = client.post("/echo", content=b"raw", headers={"Content-Type": media_type})

    assert response.json() == [["0", "raw"]]


def test_json_brings_base64_under_ids_or_positions(client):
    response = post_json(client, data(b"one"), data(b"two", id="lobby"), data(b"three", id="0.5"))

    assert response.json() == [["0", "one"], ["lobby", "two"], ["0.5", "three"]]


def test_one_bad_photo_leaves_the_others(client):
    response = post_json(
        client, {"data": "not base64!"}, data(b"good"), {"url": "https://img.example.com/a"}
    )

    assert response.json() == [
        ["0", "InvalidBase64Error"],
        ["1", "good"],
        ["2", "ForbiddenUrlError"],
    ]


@pytest.mark.parametrize(
    "media_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "text/json",
        "video/mp4",
        "image",
    ],
)
def test_another_content_type_is_415(client, media_type):
    headers = {} if media_type is None else {"Content-Type": media_type}

    assert refusal(client.post("/echo", content=b"x", headers=headers)) == (
        415,
        "unsupported-media-type",
    )


def test_the_limit_of_photos_holds_for_forms_and_json(client):
    files = [("files", (str(n), b"x")) for n in range(5)]

    for refused in (
        client.post("/echo", files=files),
        post_json(client, *[data(b"x")] * 5),
        post_json(client, *[data(b"x")] * 60),
    ):
        assert refusal(refused) == (422, "too-many-photos")
        assert "at most 4 photos" in refused.json()["detail"]
    assert client.post("/echo", files=files[:4]).status_code == 200


def test_201_photos_are_too_many_by_default(make_app):
    with TestClient(make_app()) as client:
        files = [("files", (str(n), b"x")) for n in range(201)]

        assert refusal(client.post("/echo", files=files)) == (422, "too-many-photos")
        assert len(client.post("/echo", files=files[:200]).json()) == 200


def test_a_flood_of_empty_references_is_refused_before_each_is_looked_at(make_app):
    with TestClient(make_app()) as client:
        body = b'{"images":[' + b"{}," * 10_000 + b"{}]}"

        assert refusal(client.post("/echo", content=body, headers=JSON)) == (422, "too-many-photos")


def test_a_flood_of_unknown_members_is_refused_before_each_is_complained_of(make_app):
    with TestClient(make_app()) as client:
        members = dict.fromkeys(map(str, range(30_000)), 0)

        answer = client.post("/echo", json={"images": [members]})

        assert answer.json()["detail"] == "the body has more than 30,000 values"


@pytest.mark.parametrize(
    "request_of",
    [
        {"files": [("files", ("a", b"1")), ("files", ("a", b"2"))]},
        {"json": {"images": [data(b"1", id="a"), data(b"2", id="a")]}},
        {"json": {"images": [data(b"1", id="1"), data(b"2")]}},  # the second is called 1 as well
    ],
)
def test_an_id_that_occurs_twice_is_refused(client, request_of):
    assert refusal(client.post("/echo", **request_of)) == (422, "duplicate-id")


@pytest.mark.parametrize(
    ("body", "headers"), [(END, FORM), (b'{"images":[]}', JSON)], ids=["form", "json"]
)
def test_no_photo_at_all_is_refused(client, body, headers):
    assert refusal(client.post("/echo", content=body, headers=headers)) == (422, "no-photos")


@pytest.mark.parametrize(
    "body",
    [
        part(b"x", name="photos") + END,
        part(b"x") + part(b"x", name="limit", filename=None) + END,
        part(b"x", filename=None) + END,  # a field, not a file
        part(b"x", filename=None) * 9 + END,
        part(b"x" * 15_000, filename=None) + END,
        part(b"x"),  # cut off: there may have been more
        part(b"x") + part(b"y")[:-3],
        part(b"x") + b"--XX\r\nContent-Dis",
        b"",
        b"no form at all",
        b"--XX\r\n\r\nno name\r\n" + END,
        b'--XX\r\nContent-Disposition: form-data; filename="a"\r\n\r\nx\r\n' + END,
        b"--XX\r\nContent Disposition\x00: form-data\r\n\r\nx\r\n" + END,
        b"--YY" + part(b"x")[4:] + b"--YY--\r\n",
        part(b"\r\n--XXa" * 300) + END,  # the boundary within a part
        b"\xff" * 500,
    ],
)
def test_a_form_that_is_not_one_of_photos_is_malformed(client, body):
    response = client.post("/echo", content=body, headers=FORM)

    assert refusal(response) == (422, "malformed-request")


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary",
        "multipart/form-data; boundary=" + "X" * 2000,
        "multipart/form-data; charset=utf-99; boundary=YY",
        'multipart/form-data; boundary="',
    ],
)
def test_a_form_without_a_usable_boundary_is_malformed(client, content_type):
    response = client.post(
        "/echo", content=part(b"x") + END, headers={"Content-Type": content_type}
    )

    assert refusal(response) == (422, "malformed-request")


@given(st.binary(max_size=300))
def test_any_body_of_a_form_is_taken_or_refused(client, junk):
    for body in (junk, part(b"x") + junk, part(junk)[: len(junk)] + END):
        assert client.post("/echo", content=body, headers=FORM).status_code in {200, 422}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "body"),
        (b"not json", "body"),
        (b"[]", "body"),
        (b"null", "body"),
        (b"{}", "images"),
        (b'{"images": null}', "images"),
        (b'{"images": "aGk="}', "images"),
        (b'{"images": ["aGk="]}', "images.0"),
        (b'{"images": [{"data": "aGk=", "name": "a"}]}', "images.0.name"),
        (b'{"images": [{"data": "aGk="}], "limit": 3}', "limit"),
        (b'{"images": [{"data": "aGk=", "id": 7}]}', "images.0.id"),
        (b'{"images": [{"data": "aGk=", "id": ""}]}', "images.0.id"),
        (b'{"images": [{"data": "aGk=", "id": "' + b"a" * 1025 + b'"}]}', "images.0.id"),
        (b'{"images": [{"data": 5}]}', "images.0.data"),
        (b'{"images": [{"id": "a"}]}', r"images\[0\] needs either `url` or `data`"),
        (b'{"images": [{"data": "aGk=", "url": "http://a"}]}', "either `url` or `data`"),
        (b'{"images": [{"data": "aGk="}, {}]}', r"images\[1\]"),
        (b'{"images": [{"data": "\\ud800"}]}', "body"),
        (b'{"images": [{"data": "\xff"}]}', "body"),
        (b'{"images": ' + b"[" * 9000 + b"]" * 9000 + b"}", "body"),
        (b'{"images":' * 900 + b"1" + b"}" * 900, "body"),
    ],
)
def test_json_of_another_form_is_malformed_and_the_place_is_named(client, body, words):
    response = client.post("/echo", content=body, headers=JSON)

    assert refusal(response) == (422, "malformed-request")
    assert re.search(words, response.json()["detail"])


def test_a_refusal_does_not_repeat_what_was_sent(client):
    response = post_json(client, {"data": "secret" * 500, "id": 5})

    assert "secret" not in response.text


@pytest.mark.parametrize("media_type", [FORM["Content-Type"], JSON["Content-Type"], "image/png"])
def test_a_body_that_declares_too_much_is_refused_unread(make_app, call, media_type):
    app = make_app(max_body_bytes=20_000)

    for declared in ("20001", "9" * 5000):
        headers = {"Content-Type": media_type, "Content-Length": declared}
        answer = call(app, "POST", "/echo", headers, [b"x"] * 50)

        assert (answer.status, answer.json["type"]) == (413, "body-too-large")
        assert answer.chunks_read == 0


@pytest.mark.parametrize("declared", [None, "5", "-1", "\xb2", "many"])
@pytest.mark.parametrize("media_type", [FORM["Content-Type"], JSON["Content-Type"], "image/png"])
def test_a_body_that_turns_out_too_large_is_not_read_to_its_end(
    make_app, call, media_type, declared
):
    headers = {"Content-Type": media_type}
    if declared is not None:
        headers["Content-Length"] = declared
    chunks = [part(b"")[:-2], *[b"x" * 1000] * 500]

    answer = call(make_app(max_body_bytes=20_000), "POST", "/echo", headers, chunks)

    assert (answer.status, answer.json["type"]) == (413, "body-too-large")
    assert answer.chunks_read <= 22


def test_a_body_of_just_the_limit_is_taken(make_app, call):
    headers = {"Content-Type": "image/png", "Content-Length": "20000"}

    answer = call(make_app(max_body_bytes=20_000), "POST", "/echo", headers, [b"x" * 5000] * 4)

    assert answer.status == 200


@pytest.mark.parametrize("media_type", [FORM["Content-Type"], JSON["Content-Type"], "image/png"])
def test_a_client_that_goes_away_is_no_error_of_the_service(make_app, call, media_type):
    answer = call(make_app(), "POST", "/echo", {"Content-Type": media_type}, [part(b"x"), None])

    assert (answer.status, answer.json["type"]) == (422, "malformed-request")


def test_a_body_in_single_bytes_is_the_same_body(make_app, call):
    body = part(b"one", filename="1.jpg") + part(b"two", filename="2.jpg") + END

    answer = call(make_app(), "POST", "/echo", FORM, [bytes([byte]) for byte in body])

    assert answer.json == [["1.jpg", "one"], ["2.jpg", "two"]]


def test_the_documented_example_is_a_request_that_works(client):
    content = request_body(EXAMPLE)["requestBody"]["content"]
    example = content["application/json"]["example"]

    response = client.post("/echo", content=json.dumps(example), headers=JSON)

    assert response.status_code == 200
    assert response.json()[0][1].startswith("\x89PNG")
    assert {"multipart/form-data", "application/json", "image/jpeg"} <= set(content)


OPTIONS = {"limit": 3, "pin": [{"id": "a.jpg", "place": 1}]}
OPTIONS_TEXT = json.dumps(OPTIONS).encode()


@pytest.mark.parametrize("filename", [None, "options.json"])
def test_options_come_as_a_part_of_a_form_as_text_or_as_a_file(client, filename):
    body = part(OPTIONS_TEXT, "options", filename) + part(b"x") + END

    answer = client.post("/echo-options", content=body, headers=FORM).json()

    assert answer == {"ids": ["a.jpg"], "options": OPTIONS}


def test_options_come_as_a_member_of_json(client):
    body = {"images": [data(b"x", id="a.jpg")], "options": OPTIONS}

    answer = client.post("/echo-options", json=body).json()

    assert answer == {"ids": ["a.jpg"], "options": OPTIONS}


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (part(b"x") + END, FORM),
        (json.dumps({"images": [{"data": "eA", "id": "a.jpg"}]}).encode(), JSON),
        (b"x", {"Content-Type": "image/png"}),
    ],
)
def test_without_options_there_are_none(client, body, headers):
    assert client.post("/echo-options", content=body, headers=headers).json()["options"] is None


@pytest.mark.parametrize(
    "body",
    [
        part(b"{", "options", None) + part(b"x") + END,
        part(b'"\\udc80"', "options", None) + part(b"x") + END,
        part(b"\xff", "options", "o.json") + part(b"x") + END,
        part(b"[" * 60_000, "options", None) + part(b"x") + END,
        part(b"{}", "options", None) * 2 + part(b"x") + END,
        part(b"{}", "option", None) + part(b"x") + END,
    ],
)
def test_options_of_a_form_that_are_no_json_or_there_twice_are_malformed(make_app, body):
    with TestClient(make_app()) as client:
        response = client.post("/echo-options", content=body, headers=FORM)

    assert refusal(response) == (422, "malformed-request")


def test_options_alone_bring_no_photo(client):
    response = client.post(
        "/echo-options", content=part(b"{}", "options", None) + END, headers=FORM
    )

    assert refusal(response) == (422, "no-photos")


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (part(b"{}", "options", None) + part(b"x") + END, FORM),
        (json.dumps({"images": [{"data": "eA"}], "options": {}}).encode(), JSON),
    ],
)
def test_a_route_without_options_refuses_them(client, body, headers):
    assert refusal(client.post("/echo", content=body, headers=headers)) == (
        422,
        "malformed-request",
    )
