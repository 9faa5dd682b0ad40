"""The decoder's front under hypothesis; `make fuzz` gives it 100,000 examples a test."""

import base64
import binascii
import io
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from stayrank_common.decoding.pool import DecoderPool
from stayrank_common.errors import InvalidBase64Error, LethalPhotoError, PhotoError
from stayrank_common.images import Preprocessing
from stayrank_common.inputs import decode_base64

EXAMPLES = int(os.environ.get("STAYRANK_EXAMPLES", "60"))
INPUT = Preprocessing(width=32, height=32)
FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"]
many = settings(
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def pool():
    with DecoderPool(seconds=60) as workers:
        yield workers


@pytest.fixture(scope="module")
def photos() -> list[bytes]:
    folder = Path(__file__).resolve().parents[2] / "samples" / "miramar"
    pictures = [Image.open(path).resize((48, 32)) for path in sorted(folder.glob("*.jpg"))[:3]]
    contents = []
    for name in FORMATS:
        for picture in pictures:
            content = io.BytesIO()
            picture.save(content, name)
            contents.append(content.getvalue())
    return contents


@st.composite
def mutations(draw, contents: list[bytes]) -> bytes:
    """A photo with bytes changed, pieces cut out, doubled, or taken from another photo."""
    content = bytearray(draw(st.sampled_from(contents)))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(content)))
        piece = slice(start, start + draw(st.integers(0, 64)))
        other = draw(st.sampled_from(contents))
        content[piece] = draw(
            st.one_of(
                st.binary(max_size=8),
                st.just(b""),
                st.just(bytes(content[piece]) * 2),
                st.just(other[piece]),
                st.sampled_from([b"\0" * 4, b"\xff" * 4, b"\x7f\xff\xff\xff", b"\x80\0\0\0"]),
            )
        )
    return bytes(content)


@given(data=st.data())
@many
def test_a_mutated_photo_is_read_or_refused_and_kills_nothing(pool, photos, data):
    content = data.draw(mutations(photos))

    try:
        photo = pool.open_image(content, INPUT)
    except LethalPhotoError:
        raise
    except PhotoError:
        return
    assert photo.pixels.shape == (32, 32, 3)


@given(content=st.binary(max_size=200), kind=st.sampled_from(["", "data:image/png;base64,"]))
@many
def test_base64_in_any_allowed_form_comes_back(content, kind):
    plain = base64.b64encode(content).decode()
    url_safe = base64.urlsafe_b64encode(content).decode()
    lines = "\n".join(plain[start : start + 5] for start in range(0, len(plain), 5))

    for form in (plain, plain.rstrip("="), url_safe, url_safe.rstrip("="), lines, f" {plain}\t"):
        assert decode_base64(kind + form) == content


@given(text=st.one_of(st.text(max_size=80), st.text("ABCabc019+/-_= \n", max_size=80)))
@many
def test_any_text_is_base64_or_refused_as_such(text):
    try:
        content = decode_base64(text)
    except InvalidBase64Error:
        return
    body = "".join(text.rpartition(",")[2].split()).translate(str.maketrans("-_", "+/")).rstrip("=")
    assert binascii.b2a_base64(content, newline=False).decode().rstrip("=")[:-1] == body[:-1]
