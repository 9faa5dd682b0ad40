import base64
import contextlib
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_common.errors import (
    DuplicateIdError,
    InvalidBase64Error,
    NoPhotosError,
    TooManyPhotosError,
)
from stayrank_common.inputs import PhotoInput, check_photos, decode_base64


def photos(*ids: str) -> list[PhotoInput]:
    return [PhotoInput(photo_id, b"") for photo_id in ids]


@given(
    content=st.binary(max_size=300),
    url_safe=st.booleans(),
    padded=st.booleans(),
    lines=st.booleans(),
    prefix=st.sampled_from(
        [
            "",
            "data:image/jpeg;base64,",
            "data:;base64,",
            "DATA:Image/PNG;BASE64,",
            "data:image/svg+xml;charset=utf-8;base64,",
            "data:application/vnd.x-y.z;name=a.jpg;base64,",
        ]
    ),
)
def test_every_form_of_base64_gives_the_bytes(content, url_safe, padded, lines, prefix):
    encode = base64.urlsafe_b64encode if url_safe else base64.b64encode
    text = encode(content).decode()
    text = text if padded else text.rstrip("=")
    text = "\r\n".join(textwrap.wrap(text, 76)) + "\n" if lines else text

    assert decode_base64(prefix + text) == content


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "aGk=aGk=",
        "aG=k",
        "a!Gk",
        "=aGk",
        "äöü=",
        "\0\0\0\0",
        "data:image/png,plain",
        "data:image/png;base64",
        "https://img.example.com/a.jpg",
        "data:image/png;base64,data:image/png;base64,aGk=",
        "data:" + ";a" * 5000 + ",",
    ],
)
def test_what_is_no_base64_is_refused(text):
    with pytest.raises(InvalidBase64Error, match="not base64"):
        decode_base64(text)


@given(st.text(max_size=60))
def test_any_text_decodes_or_is_refused(text):
    with contextlib.suppress(InvalidBase64Error):
        assert isinstance(decode_base64(text), bytes)


def test_no_photo_is_none():
    with pytest.raises(NoPhotosError):
        check_photos([], 5)


def test_one_photo_more_than_allowed_is_too_many():
    check_photos(photos("a", "b"), 2)
    with pytest.raises(TooManyPhotosError) as caught:
        check_photos(photos("a", "b", "c"), 2)

    assert caught.value.limit == 2


def test_an_id_that_occurs_twice_is_named():
    with pytest.raises(DuplicateIdError, match=r"lobby\.jpg") as caught:
        check_photos(photos("a", "lobby.jpg", "b", "lobby.jpg"), 9)

    assert caught.value.photo_id == "lobby.jpg"


def test_ids_differ_by_case_and_by_what_follows_a_dot():
    check_photos(photos("room.1.jpg", "room.1.png", "Room.1.jpg", "room", ""), 9)


def test_a_photo_does_not_print_its_content():
    assert "secret" not in repr(PhotoInput("a", b"secret"))
