import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.common.conftest import HEIC, LOSSLESS, LOSSY, difference

from stayrank_common.errors import OversizedPhotoError, UndecodablePhotoError
from stayrank_common.images import (
    PhotoLimits,
    Preprocessing,
    open_image,
    open_thumbnail,
)

# Where row 0 and column 0 of the stored picture lie in the upright one (EXIF 2.32, 4.6.4 A).
EXIF_SIDES = {
    1: ("top", "left"),
    2: ("top", "right"),
    3: ("bottom", "right"),
    4: ("bottom", "left"),
    5: ("left", "top"),
    6: ("right", "top"),
    7: ("right", "bottom"),
    8: ("left", "bottom"),
}


def as_stored(upright: np.ndarray, orientation: int) -> np.ndarray:
    """Store an upright picture as a camera would that was held in this way."""
    first_row, first_column = EXIF_SIDES[orientation]
    if "right" in (first_row, first_column):
        upright = upright[:, ::-1]
    if "bottom" in (first_row, first_column):
        upright = upright[::-1]
    return upright.transpose(1, 0, 2) if first_row in {"left", "right"} else upright


def exif(orientation: int) -> bytes:
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags.tobytes()


def test_an_exact_photo_is_resized_from_every_pixel_and_the_fast_one_is_close(scene, encode):
    data = encode(scene((1200, 900)), "JPEG", quality=90)
    with Image.open(io.BytesIO(data)) as whole:
        plain = np.asarray(whole.resize((224, 224), Image.Resampling.BILINEAR))

    assert np.array_equal(open_image(data, exact=True).pixels, plain)
    assert 0 < difference(open_image(data).pixels, plain) < 2


@pytest.mark.parametrize(("name", "options"), LOSSLESS)
def test_a_lossless_file_of_the_models_size_comes_back_pixel_by_pixel(scene, encode, name, options):
    picture = scene((224, 224))

    photo = open_image(encode(picture, name, **options))

    assert photo.pixels.dtype == np.uint8
    assert np.array_equal(photo.pixels, np.asarray(picture))
    assert photo.warnings == ()


@pytest.mark.parametrize(("name", "options"), LOSSY)
def test_a_lossy_file_comes_back_as_nearly_the_same_picture(scene, encode, name, options):
    picture = scene((400, 300))

    photo = open_image(encode(picture, name, **options))

    assert (photo.width, photo.height, photo.warnings) == (400, 300, ())
    assert difference(photo.pixels, picture.resize((224, 224), Image.Resampling.BOX)) < 4


def test_formats_of_no_photo_are_not_even_tried(scene, encode):
    for name in ("PPM", "TGA", "ICO", "PCX", "EPS", "JPEG2000"):
        with pytest.raises(UndecodablePhotoError, match="not an image of a supported format"):
            open_image(encode(scene((64, 64)), name))


def test_decoders_that_pillow_loads_on_demand_are_there_from_the_start(encode):
    """In a fresh process, where nothing was opened or saved yet."""
    code = "import sys; from stayrank_common.images import open_image as o;"
    code += "print(o(sys.stdin.buffer.read()).width)"
    for name in ("PNG", "AVIF"):
        data = encode(Image.new("RGB", (8, 8)), name)

        done = subprocess.run(
            [sys.executable, "-c", code], input=data, capture_output=True, check=True
        )

        assert done.stdout.strip() == b"8"


def test_an_animation_gives_its_first_frame():
    frames = [Image.new("RGB", (60, 40), colour) for colour in ("red", "lime", "blue")]
    for name in ("GIF", "PNG", "WEBP", "AVIF", "TIFF"):
        content = io.BytesIO()
        frames[0].save(content, name, save_all=True, append_images=frames[1:])

        photo = open_image(content.getvalue())

        assert difference(photo.pixels[100, 100], (255, 0, 0)) < 4, name


def test_of_a_stereo_photo_the_first_is_taken(encode):
    left, right = Image.new("RGB", (60, 40), "red"), Image.new("RGB", (60, 40), "blue")

    photo = open_image(encode(left, "MPO", save_all=True, append_images=[right]))

    assert difference(photo.pixels[100, 100], (255, 0, 0)) < 4


@pytest.mark.parametrize("orientation", EXIF_SIDES)
@pytest.mark.parametrize(
    ("name", "options", "tolerance"),
    [
        ("PNG", {}, 0),
        ("TIFF", {}, 0),
        ("WEBP", {"lossless": True}, 0),
        ("JPEG", {"quality": 95}, 5),
        ("MPO", {"quality": 95}, 5),
    ],
)
def test_a_photo_is_turned_upright(scene, encode, name, options, tolerance, orientation):
    upright = np.asarray(scene((96, 64)))
    stored = Image.fromarray(np.ascontiguousarray(as_stored(upright, orientation)))
    data = encode(stored, name, exif=exif(orientation), **options)

    photo = open_image(data, Preprocessing(width=96, height=64))

    assert (photo.width, photo.height) == (96, 64)
    assert difference(photo.pixels, upright) <= tolerance


@pytest.mark.parametrize("orientation", EXIF_SIDES)
@pytest.mark.parametrize("name", ["AVIF", *HEIC])
def test_formats_that_turn_by_themselves_are_not_turned_twice(scene, encode, name, orientation):
    upright = np.asarray(scene((96, 64)))
    stored = Image.fromarray(np.ascontiguousarray(as_stored(upright, orientation)))

    photo = open_image(
        encode(stored, name, exif=exif(orientation)), Preprocessing(width=96, height=64)
    )

    assert (photo.width, photo.height) == (96, 64)
    assert difference(photo.pixels, upright) < 6


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_is_none(scene, encode, orientation):
    picture = scene((96, 64))

    photo = open_image(
        encode(picture, "PNG", exif=exif(orientation)), Preprocessing(width=96, height=64)
    )

    assert np.array_equal(photo.pixels, np.asarray(picture))


@pytest.mark.filterwarnings("ignore")  # Pillow's: they may not decide what becomes of a photo
@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP"])
def test_broken_exif_is_no_reason_to_refuse_a_photo(scene, encode, name):
    data = encode(scene(), name, exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + bytes(9))

    assert open_image(data).width == 400


@given(
    width=st.integers(32, 300),
    height=st.integers(32, 300),
    interpolation=st.sampled_from(["bilinear", "bicubic", "nearest"]),
)
@settings(max_examples=30)
def test_the_pixels_have_the_size_that_the_model_asks_for(width, height, interpolation):
    content = io.BytesIO()
    Image.new("RGB", (70, 50), "olive").save(content, "PNG")

    photo = open_image(
        content.getvalue(),
        Preprocessing(width=width, height=height, interpolation=interpolation),
    )

    assert photo.pixels.shape == (height, width, 3)
    assert (photo.width, photo.height) == (70, 50)
    assert (photo.pixels == (128, 128, 0)).all()


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1", "CMYK"])
def test_nearest_is_what_keras_load_img_does(scene, mode):
    picture = scene((517, 389)).convert(mode)
    content = io.BytesIO()
    picture.save(content, "TIFF")

    photo = open_image(content.getvalue(), Preprocessing(interpolation="nearest"))

    expected = picture.convert("RGB").resize((224, 224), Image.Resampling.NEAREST)
    assert np.array_equal(photo.pixels, np.asarray(expected))


def test_nearest_decodes_a_jpeg_in_full(scene, encode):
    data = encode(scene((1600, 1200)), "JPEG")

    photo = open_image(data, Preprocessing(interpolation="nearest"))

    with Image.open(io.BytesIO(data)) as whole:
        expected = whole.convert("RGB").resize((224, 224), Image.Resampling.NEAREST)
    assert np.array_equal(photo.pixels, np.asarray(expected))


def test_interpolation_averages_what_it_shrinks():
    """Without antialiasing, a fine checkerboard turns into stripes instead of grey."""
    board = Image.fromarray((np.indices((900, 900)).sum(axis=0) % 2 * 255).astype(np.uint8))
    content = io.BytesIO()
    board.save(content, "PNG")

    for interpolation in ("bilinear", "bicubic"):
        photo = open_image(content.getvalue(), Preprocessing(interpolation=interpolation))

        assert np.abs(photo.pixels.astype(int) - 127).max() <= 8


@pytest.mark.parametrize("size", [(1600, 1200), (2000, 700), (448, 448), (449, 1790)])
def test_the_scaled_decode_of_a_jpeg_stays_close_to_the_full_one(scene, encode, size):
    data = encode(scene(size), "JPEG", quality=92)
    with Image.open(io.BytesIO(data)) as whole:
        expected = whole.resize((224, 224), Image.Resampling.BILINEAR)

    photo = open_image(data)

    assert difference(photo.pixels, expected) < 1
    assert (photo.width, photo.height) == size


@given(width=st.integers(1, 900), height=st.integers(1, 900), long_edge=st.integers(1, 640))
@settings(max_examples=40)
def test_a_thumbnail_fits_and_keeps_its_shape(width, height, long_edge):
    content = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(content, "JPEG")

    thumbnail = open_thumbnail(content.getvalue(), long_edge)

    scale = min(1, long_edge / max(width, height))
    assert max(thumbnail.size) == round(max(width, height) * scale)
    assert abs(min(thumbnail.size) - min(width, height) * scale) <= 1
    assert thumbnail.mode == "RGB"


def test_a_thumbnail_is_upright(scene, encode):
    upright = scene((800, 400))
    stored = Image.fromarray(np.ascontiguousarray(as_stored(np.asarray(upright), 6)))

    thumbnail = open_thumbnail(encode(stored, "JPEG", exif=exif(6)), 200)

    assert thumbnail.size == (200, 100)
    assert difference(thumbnail, upright.resize((200, 100), Image.Resampling.BOX)) < 3


def test_a_path_and_its_content_give_the_same(scene, encode, tmp_path):
    data = encode(scene(), "JPEG")
    path = tmp_path / "photo.without-a-suffix"
    path.write_bytes(data)

    from_path, from_bytes = open_image(path), open_image(data)

    assert np.array_equal(from_path.pixels, from_bytes.pixels)
    assert (from_path.width, from_path.height) == (from_bytes.width, from_bytes.height)


@pytest.mark.parametrize("as_path", [True, False])
def test_a_byte_more_than_allowed_is_too_much(scene, encode, tmp_path, as_path):
    data = encode(scene(), "JPEG")
    source = tmp_path / "photo.jpg" if as_path else data
    (tmp_path / "photo.jpg").write_bytes(data)

    open_image(source, limits=PhotoLimits(max_bytes=len(data)))
    with pytest.raises(OversizedPhotoError) as caught:
        open_image(source, limits=PhotoLimits(max_bytes=len(data) - 1))

    facts = (caught.value.what, caught.value.actual, caught.value.limit)
    assert facts == ("bytes", len(data), len(data) - 1)


def test_a_file_without_an_end_is_not_read_forever():
    with pytest.raises(OversizedPhotoError):
        open_image(Path("/dev/zero"), limits=PhotoLimits(max_bytes=1000))


def test_a_pixel_more_than_allowed_is_too_much(scene, encode):
    data = encode(scene((40, 30)), "PNG")

    open_image(data, limits=PhotoLimits(max_pixels=1200))
    with pytest.raises(OversizedPhotoError) as caught:
        open_image(data, limits=PhotoLimits(max_pixels=1199))

    assert (caught.value.what, caught.value.actual) == ("pixels", 1200)
    with pytest.raises(OversizedPhotoError):
        open_thumbnail(data, 8, PhotoLimits(max_pixels=1199))


def test_bombs_are_refused_on_their_header_without_taking_memory(encode, tmp_path):
    """Small files whose headers declare 60 megapixels and more, in a process of their own."""
    sixty_megapixels = Image.new("1", (7753, 7739))
    for name in ("PNG", "GIF", "BMP"):
        (tmp_path / name).write_bytes(encode(sixty_megapixels, name))
    (tmp_path / "TIFF").write_bytes(encode(sixty_megapixels, "TIFF", compression="tiff_deflate"))
    jpeg = bytearray(encode(Image.new("L", (8, 8)), "JPEG"))
    size_at = jpeg.index(b"\xff\xc0") + 5
    jpeg[size_at : size_at + 4] = b"\xff\xdc\xff\xdc"  # 65,500 × 65,500
    (tmp_path / "JPEG").write_bytes(jpeg)
    webp = bytearray(encode(Image.new("RGB", (8, 8)), "WEBP", lossless=True))
    size_at = webp.index(b"VP8L") + 9
    webp[size_at : size_at + 4] = (16_382 | 16_382 << 14).to_bytes(4, "little")  # 16,383 × 16,383
    (tmp_path / "WEBP").write_bytes(webp)
    code = """
import resource, sys
from pathlib import Path
from stayrank_common.errors import OversizedPhotoError
from stayrank_common.images import open_image
used = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for path in Path(sys.argv[1]).iterdir():
    before = used()
    try:
        open_image(path)
    except OversizedPhotoError as error:
        print(path.name, error.what, used() - before < 16 * 1024)
"""

    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True
    )

    assert sorted(done.stdout.splitlines()) == [
        f"{name} pixels True" for name in ("BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")
    ]
