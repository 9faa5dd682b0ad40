"""What is no photo, or no longer a whole one."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.common.conftest import LOSSLESS, LOSSY, difference

from stayrank_common.errors import PhotoError, UndecodablePhotoError
from stayrank_common.images import (
    open_image,
)


def exif(orientation: int) -> bytes:
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags.tobytes()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"these are words", "not an image"),
        (b"<!DOCTYPE html><p>Not found", "HTML"),
        (b"\n  <html><body>", "HTML"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"GIF89a", "cannot be decoded|not an image"),
        (b"\xff\xd8\xff", "cannot be decoded|not an image"),
        (b"\x89PNG\r\n\x1a\n", "cannot be decoded|not an image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not an image"),
        (b"PK\x03\x04" + bytes(64), "not an image"),
    ],
)
def test_what_is_no_photo_is_refused_in_plain_words(tmp_path, content, words):
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)

    for source in (content, path):
        with pytest.raises(UndecodablePhotoError, match=words):
            open_image(source)


def test_a_missing_file_or_a_folder_is_a_photo_error(tmp_path):
    for path in (tmp_path, tmp_path / "missing.jpg"):
        with pytest.raises(UndecodablePhotoError, match="cannot be read"):
            open_image(path)


def test_a_photo_cut_in_the_middle_shows_its_upper_part(scene, encode):
    picture = scene((800, 600))
    data = encode(picture, "JPEG", quality=90)

    whole, photo = open_image(data), open_image(data[: len(data) // 2])

    assert photo.warnings == ("truncated",)
    assert (photo.width, photo.height) == (800, 600)
    assert difference(photo.pixels[:90], whole.pixels[:90]) < 0.5
    assert not photo.pixels[150:].any()  # never what the memory happened to hold


@pytest.mark.parametrize("kept", [0.1, 0.3, 0.5, 0.9])
def test_a_cut_progressive_photo_shows_all_of_itself_less_sharply(scene, encode, kept):
    """Its rows are only written after the last scan, which here never comes."""
    data = encode(scene((800, 600)), "JPEG", progressive=True, quality=90)

    whole, photo = open_image(data), open_image(data[: int(len(data) * kept)])

    assert photo.warnings == ("truncated",)
    assert difference(photo.pixels[:200], whole.pixels[:200]) < 6


@pytest.mark.parametrize("options", [{}, {"progressive": True}])
def test_a_photo_cut_before_its_first_pixel_is_refused(scene, encode, options):
    data = encode(scene((800, 600)), "JPEG", **options)
    scan = data.index(b"\xff\xda")
    header_end = scan + 2 + int.from_bytes(data[scan + 2 : scan + 4], "big")

    for length in (scan, header_end, header_end + 3):
        with pytest.raises(UndecodablePhotoError):
            open_image(data[:length])


def test_a_photo_that_even_an_end_does_not_end_is_refused(scene, encode):
    """A segment that declares more bytes than there are swallows whatever follows."""
    data = encode(scene((80, 60)), "JPEG", progressive=True)
    second_scan = data.rindex(b"\xff\xda")

    with pytest.raises(UndecodablePhotoError, match="truncated"):
        open_image(data[:second_scan] + b"\xff\xe1\xff\xff")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "options"), [*LOSSLESS, *LOSSY])
def test_wherever_a_file_is_cut_it_loads_or_is_refused(scene, encode, name, options):
    data = encode(scene((80, 60)), name, **options)

    for length in {*range(0, 64, 3), *range(0, len(data), max(1, len(data) // 40))}:
        try:
            photo = open_image(data[:length])
        except PhotoError:
            continue

        assert photo.pixels.shape == (224, 224, 3)
        again = open_image(data[:length])
        assert np.array_equal(photo.pixels, again.pixels)
        if name in {"JPEG", "PNG", "BMP", "MPO"} and length < 0.9 * len(data):
            assert photo.warnings == ("truncated",)


@pytest.mark.filterwarnings("ignore")
@given(data=st.data())
@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_bytes_are_altered_it_loads_or_is_refused(scene, encode, data):
    name, options = data.draw(st.sampled_from([*LOSSLESS, *LOSSY]))
    content = bytearray(encode(scene((48, 40)), name, exif=exif(6), **options))
    alterations = st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255))
    for position, value in data.draw(st.lists(alterations, min_size=1, max_size=8)):
        content[position] = value

    try:
        photo = open_image(bytes(content))
    except PhotoError:
        return
    assert photo.pixels.shape == (224, 224, 3)


@given(content=st.binary(max_size=200))
@settings(max_examples=100)
def test_any_bytes_are_refused(content):
    with pytest.raises(PhotoError):
        open_image(content)


def test_threads_do_not_mix_up_their_photos(scene, encode):
    data = [encode(scene((300 + 8 * n, 200)), "JPEG") for n in range(6)]
    sources = [d[: len(d) // 2] if n % 2 else d for n, d in enumerate(data)] * 20
    alone = [open_image(source) for source in sources[:6]] * 20

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(open_image, sources))

    for one, other in zip(together, alone, strict=True):
        assert (one.warnings, one.width) == (other.warnings, other.width)
        assert np.array_equal(one.pixels, other.pixels)
    assert {photo.warnings for photo in together} == {(), ("truncated",)}


def hostile_files(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "hostile").rglob("*") if path.is_file())


def outcome(path: Path) -> str:
    try:
        photo = open_image(path)
    except PhotoError as error:
        return error.slug()
    assert photo.pixels.shape == (224, 224, 3)
    return "ok"


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore")
def test_files_that_broke_other_decoders_load_or_are_refused(shared):
    outcomes = {outcome(path) for path in hostile_files(shared)[::10]}

    assert outcomes == {"ok", "undecodable-photo", "oversized-photo"}


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.filterwarnings("ignore")
def test_every_file_that_broke_another_decoder_loads_or_is_refused(shared):
    outcomes = [outcome(path) for path in hostile_files(shared)]

    assert len(outcomes) > 3000
    assert outcomes.count("ok") > 900


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.filterwarnings("ignore")
def test_real_photos_cut_at_64_points_load_or_are_refused(shared):
    photos = sorted((shared / "datasets" / "galleries").rglob("*.jpg"))[:50]

    assert len(photos) == 50
    for path in photos:
        data = path.read_bytes()
        for part in range(1, 65):
            try:
                open_image(data[: len(data) * part // 64])
            except UndecodablePhotoError:
                assert part < 12, path  # small ones, not a row of blocks complete
