import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image, ImageDraw, ImageFilter

from stayrank_common.errors import UndecodablePhotoError
from stayrank_common.look import look_at


@pytest.fixture(scope="module")
def leaves():
    """Rectangles over rectangles, small and large: edges of all lengths, as in photos."""
    numbers = np.random.default_rng(3)
    photo = Image.new("RGB", (1280, 960))
    draw = ImageDraw.Draw(photo)
    for _ in range(1500):
        (x, y), (w, h) = numbers.uniform(-100, 1280, 2), 300 * numbers.random(2) ** 3 + 8
        draw.rectangle((x, y, x + w, y + h), fill=tuple(numbers.integers(0, 256, 3).tolist()))
    return photo


def test_size_is_that_of_the_upright_original_and_of_its_file(scene, encode):
    exif = Image.Exif()
    exif[0x0112] = 6
    content = encode(scene((800, 500)), "JPEG", exif=exif)

    look = look_at(content)

    assert (look.width, look.height, look.bytes) == (500, 800, len(content))


def test_a_path_is_measured_like_its_content(scene, encode, tmp_path):
    content = encode(scene(), "PNG")
    path = tmp_path / "scene.png"
    path.write_bytes(content)

    assert look_at(path) == look_at(content)


@given(grey=st.integers(0, 255))
def test_a_plain_photo_has_its_luma_no_sharpness_and_no_tilt(encode, grey):
    look = look_at(encode(Image.new("RGB", (90, 70), (grey, grey, grey)), "PNG"))

    assert (look.luminance, look.highlight) == pytest.approx((grey / 255, grey / 255), abs=1e-4)
    assert (look.sharpness, look.tilt_degrees) == (0, None)
    assert look.dark_share == (grey / 255 < 0.2)
    assert look.clipped_share == (grey / 255 >= 0.99)


def test_the_highlight_is_what_the_brightest_twentieth_reaches(encode):
    pixels = np.zeros((100, 100, 3), dtype=np.uint8)
    pixels[:6] = 200

    look = look_at(encode(Image.fromarray(pixels), "PNG"))

    assert look.highlight == pytest.approx(200 / 255, abs=1e-4)
    assert look.dark_share == pytest.approx(0.94)


def test_blur_takes_sharpness_whatever_the_light(leaves, encode):
    photo = leaves.resize((320, 240))
    changed = [photo, photo.point(lambda value: value // 2)]
    changed += [photo.filter(ImageFilter.GaussianBlur(sigma)) for sigma in (1, 2, 4)]

    sharp, dark, *blurred = [look_at(encode(each, "PNG")).sharpness for each in changed]

    assert dark == pytest.approx(sharp, rel=0.05)
    assert sharp > blurred[0] > blurred[1] > blurred[2]
    assert blurred[2] < sharp / 4


@given(pixels=arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12), st.just(3))))
def test_sharpness_is_bounded_whatever_the_pixels(encode, pixels):
    assert 0 <= look_at(encode(Image.fromarray(pixels), "PNG")).sharpness <= 4


@pytest.mark.parametrize("across", [0, 1])
def test_the_finest_lines_are_the_sharpest_and_a_camera_shaken_along_them_does_not_matter(
    encode, across
):
    lines = (np.indices((160, 160))[across] % 2 * 255).astype(np.uint8)

    assert look_at(encode(Image.fromarray(lines), "PNG")).sharpness > 3.9


@pytest.mark.parametrize("shift", [(0, 1), (1, 0), (1, 1), (1, -1)])
def test_a_camera_that_was_shaken_in_any_direction_blurs(leaves, encode, shift):
    photo = leaves.resize((320, 240))
    path = [np.roll(photo, (shift[0] * step, shift[1] * step), (0, 1)) for step in range(11)]
    shaken = Image.fromarray(np.mean(path, axis=0).astype(np.uint8))

    assert look_at(encode(shaken, "PNG")).sharpness < 0.8 < look_at(encode(photo, "PNG")).sharpness


def test_a_large_photo_is_as_sharp_as_its_small_copy(leaves, encode):
    large = look_at(encode(leaves, "PNG"))
    small = look_at(encode(leaves.resize((320, 240)), "PNG"))

    assert large.sharpness == pytest.approx(small.sharpness, rel=0.15)


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (3, 2)])
def test_a_photo_of_any_size_can_be_measured(size, encode, scene):
    look = look_at(encode(scene(size), "PNG"))

    assert (look.width, look.height) == size


def test_what_is_no_photo_is_an_error():
    with pytest.raises(UndecodablePhotoError):
        look_at(b"text")


@pytest.mark.shared
def test_real_photos_are_sharp_and_blurred_ones_are_not(shared, encode):
    photos = sorted((shared / "datasets" / "galleries").glob("hotel-*/*.jpg"))[::30]

    for path in photos:
        photo = Image.open(path).convert("RGB")
        blurred = photo.filter(ImageFilter.GaussianBlur(3 * max(photo.size) / 224))
        assert look_at(encode(blurred, "JPEG")).sharpness < 0.8 < look_at(path).sharpness
