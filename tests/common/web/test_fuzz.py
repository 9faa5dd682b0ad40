"""Bodies that were nearly right: never an error of ours, never without an answer.

`make fuzz` makes a night of it.
"""

import base64
import itertools
import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

BOUNDARY = b"----StayRank"
FORM = f"multipart/form-data; boundary={BOUNDARY.decode()}"
EXAMPLES = int(os.environ.get("STAYRANK_EXAMPLES", "200"))
fuzz = settings(max_examples=EXAMPLES)


def form(*contents: bytes) -> bytes:
    parts = [
        b'--%s\r\nContent-Disposition: form-data; name="files"; filename="%d.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n%s\r\n" % (BOUNDARY, n, content)
        for n, content in enumerate(contents)
    ]
    return b"".join(parts) + b"--%s--\r\n" % BOUNDARY


def document(*contents: bytes) -> bytes:
    images = [{"id": str(n), "data": base64.b64encode(c).decode()} for n, c in enumerate(contents)]
    return json.dumps({"images": images}).encode()


# What forms, JSON and base64 give a meaning to.
TOKENS = [
    *(b"\r\n", b"--", b"\r\n--" + BOUNDARY, BOUNDARY, b"--" + BOUNDARY + b"--", b'"', b"\\", b";"),
    *(b"Content-Disposition: form-data; name=", b"filename*=utf-8''%00", b"\0", b"\xff", b"{"),
    *(b"[", b"]", b"}", b"null", b'"data":', b'"url":"http://127.0.0.1/"', b"=", b"-_", b"data:"),
    *(b"X: " + b"y" * 5000, b"A:b\r\n" * 20, b"\\ud800", b"1e999", b"Infinity", b"[" * 3000),
]
pieces = st.one_of(st.binary(max_size=8), st.sampled_from(TOKENS))


@st.composite
def mutated(draw, whole: bytes) -> bytes:
    """The body with some pieces put in, taken out, repeated or cut off."""
    body = bytearray(whole)
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.integers(0, 40)))
        change = draw(st.sampled_from(["put", "replace", "take", "repeat", "cut"]))
        if change == "cut":
            del body[start:]
        elif change == "repeat":
            body[end:end] = body[start:end] * 3
        else:
            body[start : start if change == "put" else end] = (
                b"" if change == "take" else draw(pieces)
            )
    return bytes(body)


@pytest.fixture(scope="module")
def client(make_app):
    app = make_app(max_photos=4, max_body_bytes=100_000, max_photo_bytes=50_000)
    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize("path", ["/echo", "/echo-options"])
@pytest.mark.parametrize(
    ("content_type", "whole"),
    [
        (FORM, form(b"one photo", b"\r\n--another\r\n")),
        ("application/json", document(b"one photo", b"another")),
    ],
    ids=["form", "json"],
)
def test_a_mutated_body_is_taken_or_refused_with_a_reason(client, path, content_type, whole):
    @fuzz
    @given(mutated(whole))
    def answers(body):
        answer = client.post(path, content=body, headers={"Content-Type": content_type})

        assert answer.status_code in {200, 413, 415, 422}
        if answer.status_code != 200:
            assert answer.json()["detail"]

    answers()


def test_a_form_is_read_the_same_in_whatever_pieces_it_comes(make_app, call):
    app = make_app()

    @fuzz
    @given(mutated(form(b"photo", b"x" * 100)), st.lists(st.integers(0, 400), max_size=8))
    def comes_the_same(body, cuts):
        places = sorted({0, len(body), *(cut for cut in cuts if cut < len(body))})
        chunks = [body[a:b] for a, b in itertools.pairwise(places)]

        whole = call(app, "POST", "/echo", {"Content-Type": FORM}, [body])
        pieced = call(app, "POST", "/echo", {"Content-Type": FORM}, chunks)

        assert pieced.status == whole.status
        if whole.status == 200:
            assert pieced.json == whole.json

    comes_the_same()


@pytest.mark.parametrize("header", ["content-type", "content-encoding", "transfer-encoding"])
def test_any_header_of_a_body_is_taken_or_refused(make_app, call, header):
    app = make_app()

    @fuzz
    @given(
        st.one_of(st.text(st.characters(max_codepoint=255), max_size=60), mutated(FORM.encode()))
    )
    def answers(value):
        text = value.decode("latin-1") if isinstance(value, bytes) else value

        answer = call(app, "POST", "/echo", {"content-type": FORM} | {header: text}, [form(b"x")])

        assert answer.status in {200, 415, 422}

    answers()
