import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms, TiffImagePlugin

from stayrank_common.colours import eight_bit_opaque, to_srgb
from stayrank_common.images import Preprocessing, open_image

SIZE = (64, 48)
AS_IT_IS = Preprocessing(width=64, height=48)
ICC_TAG = 34675


def opened(data: bytes) -> np.ndarray:
    photo = open_image(data, AS_IT_IS)

    assert photo.warnings == ()
    return photo.pixels.astype(int)


def ramp(steps: int, dtype: type) -> np.ndarray:
    """Values 0..steps − 1 from left to right, 64 columns."""
    return np.tile(np.linspace(0, steps - 1, 64).round().astype(dtype), (48, 1))


def png(bit_depth: int, colour_type: int, rows: list[bytes]) -> bytes:
    """Write a PNG of 64 columns by hand: Pillow writes none with 16-bit colours."""

    def chunk(name: bytes, body: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + crc

    header = struct.pack(">IIBBBBB", 64, len(rows), bit_depth, colour_type, 0, 0, 0)
    content = zlib.compress(b"".join(b"\0" + row for row in rows))
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", content), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def swapped_profile() -> bytes:
    """An RGB profile in which red and blue have changed places."""
    content = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = content.replace("sRGB".encode("utf-16-be"), "test".encode("utf-16-be"))
    red, blue = content.index(b"rXYZ"), content.index(b"bXYZ")
    swapped = bytearray(content)
    swapped[red : red + 4], swapped[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(swapped)


def many_matrices(count: int) -> bytes:
    """An RGB profile whose only transform halves all values so many times."""
    matrix = b"matf" + bytes(4) + struct.pack(">HH12f", 3, 3, *[0.5, 0, 0, 0] * 3)
    place = struct.pack(">II", 16 + 8 * count, len(matrix))
    elements = b"mpet" + bytes(4) + struct.pack(">HHI", 3, 3, count) + place * count + matrix
    table = struct.pack(">I4sII", 1, b"D2B0", 128 + 16, len(elements))
    header = struct.pack(">I", 144 + len(elements)) + b"lcms\x04\x30\0\0mntrRGB XYZ " + bytes(12)
    header += b"acsp" + bytes(28) + struct.pack(">iii", 63190, 65536, 54061) + bytes(48)
    return header + table + elements


def test_cmyk_shows_the_inks_on_paper(scene, encode):
    picture = scene(SIZE)

    pixels = opened(encode(picture.convert("CMYK"), "TIFF"))

    assert np.abs(pixels - np.asarray(picture)).max() <= 2


def test_cmyk_jpegs_look_as_in_a_browser_whether_or_not_adobes_marker_is_left(scene, encode):
    """Their inks are inverted, as Adobe writes them; browsers and Pillow ask for no marker."""
    picture = scene(SIZE)
    marked = encode(picture.convert("CMYK"), "JPEG", quality=95)
    start = marked.index(b"\xff\xee")
    length = int.from_bytes(marked[start + 2 : start + 4], "big")
    stripped = marked[:start] + marked[start + 2 + length :]

    assert b"Adobe" in marked
    assert b"Adobe" not in stripped
    for data in (marked, stripped):
        assert np.abs(opened(data) - np.asarray(picture)).mean() < 4


def test_sixteen_bit_grey_is_scaled_not_clipped(encode):
    values = ramp(65536, np.uint16)
    expected = np.round(values / 257)

    for data in (encode(Image.fromarray(values), "PNG"), encode(Image.fromarray(values), "TIFF")):
        pixels = opened(data)

        assert np.abs(pixels - expected[..., None]).max() <= 1


def test_dark_sixteen_bit_grey_stays_dark(encode):
    """Its range is that of the format, not what the photo happens to hold."""
    pixels = opened(encode(Image.fromarray(ramp(200, np.uint16)), "PNG"))

    assert pixels.max() <= 1


def test_sixteen_bit_colours_keep_their_upper_eight_bits():
    red, green, blue = ramp(65536, np.uint16), ramp(30000, np.uint16), ramp(7, np.uint16)
    values = np.stack([red, green, blue], axis=-1)

    pixels = opened(png(16, 2, [row.astype(">u2").tobytes() for row in values]))

    assert np.abs(pixels - values / 257).max() <= 1


def test_floats_are_scaled_by_the_range_that_they_use(encode):
    expected = np.linspace(0, 255, 64).round()

    for full in (1.0, 255.0, 65535.0):
        values = (ramp(65536, np.uint16) / 65535 * full).astype(np.float32)
        pixels = opened(encode(Image.fromarray(values), "TIFF"))

        assert np.abs(pixels[0, :, 0] - expected).max() <= 1, full


def test_thirty_two_bit_integers_are_scaled_by_the_range_that_they_use(encode):
    expected = np.linspace(0, 255, 64).round()

    for full in (255, 65535, 2**31 - 1):
        pixels = opened(encode(Image.fromarray(ramp(full + 1, np.int64).astype(np.int32)), "TIFF"))

        assert np.abs(pixels[0, :, 0] - expected).max() <= 1, full


def test_a_float_that_is_no_number_spoils_only_its_own_pixel(encode):
    values = np.full((48, 64), 0.5, np.float32)
    values[0, :3] = np.nan, np.inf, -np.inf

    pixels = opened(encode(Image.fromarray(values), "TIFF"))

    assert pixels[0, :3, 0].tolist() == [0, 255, 0]
    assert np.abs(pixels[1:] - 127.5).max() <= 1


def test_a_deep_image_of_many_rows_is_scaled_as_one():
    """It is scaled in strips, which must share one range and leave no row out."""
    values = np.linspace(0, 1, 1000, dtype=np.float32)[:, None].repeat(4, axis=1)

    eight = np.asarray(eight_bit_opaque(Image.fromarray(values)))

    assert np.array_equal(eight[:, 0], np.round(values[:, 0] * 255))


def test_one_bit_is_black_and_white(scene, encode):
    picture = scene(SIZE).convert("1")

    for name in ("PNG", "TIFF", "BMP"):
        pixels = opened(encode(picture, name))

        assert np.array_equal(pixels[..., 0] > 0, np.asarray(picture))
        assert set(np.unique(pixels)) == {0, 255}


def test_a_palette_gives_its_colours(scene, encode):
    picture = scene(SIZE).quantize(32)

    pixels = opened(encode(picture, "PNG"))

    assert np.array_equal(pixels, np.asarray(picture.convert("RGB")))


@pytest.mark.parametrize("name", ["PNG", "TIFF", "WEBP"])
def test_what_is_transparent_lies_on_white(encode, name):
    layer = np.zeros((48, 64, 4), np.uint8)
    layer[..., 0], layer[:, 16:48, 3], layer[:, 48:, 3] = 200, 128, 255
    options = {"lossless": True, "exact": True} if name == "WEBP" else {}

    pixels = opened(encode(Image.fromarray(layer), name, **options))

    assert (pixels[:, :16] == 255).all()
    assert np.abs(pixels[:, 16:48] - (227, 127, 127)).max() <= 1
    assert (pixels[:, 48:] == (200, 0, 0)).all()


def test_transparent_grey_lies_on_white(encode):
    layer = np.zeros((48, 64, 2), np.uint8)
    layer[..., 0], layer[:, 16:48, 1], layer[:, 48:, 1] = 100, 128, 255

    pixels = opened(encode(Image.fromarray(layer, "LA"), "PNG"))

    assert (pixels[:, :16] == 255).all()
    assert np.abs(pixels[:, 16:48] - 177).max() <= 1
    assert (pixels[:, 48:] == 100).all()


@pytest.mark.parametrize("name", ["PNG", "GIF"])
def test_the_transparent_colour_of_a_palette_is_white(encode, name):
    picture = Image.new("P", SIZE, 1)
    picture.putpalette([0, 0, 0, 10, 20, 30])
    picture.paste(0, (0, 0, 32, 48))

    pixels = opened(encode(picture, name, transparency=0))

    assert (pixels[:, :32] == 255).all()
    assert (pixels[:, 32:] == (10, 20, 30)).all()


@pytest.mark.parametrize(("mode", "key", "seen"), [("L", 0, 90), ("RGB", (0, 0, 0), 90)])
def test_the_transparent_colour_of_a_png_is_white(encode, mode, key, seen):
    picture = Image.new(mode, SIZE, "#5a5a5a")
    picture.paste("black", (0, 0, 32, 48))

    pixels = opened(encode(picture, "PNG", transparency=key))

    assert (pixels[:, :32] == 255).all()
    assert (pixels[:, 32:] == seen).all()


@pytest.mark.parametrize("name", ["PNG", "JPEG", "TIFF", "WEBP", "AVIF"])
def test_a_colour_profile_is_followed(encode, name):
    picture = Image.new("RGB", SIZE, (250, 60, 20))
    options = {"lossless": True} if name == "WEBP" else {}

    pixels = opened(encode(picture, name, icc_profile=swapped_profile(), **options))

    assert np.abs(pixels - (20, 60, 250)).mean() < 6


def test_a_grey_profile_is_followed(encode):
    """Grey of linear light: half the light is far more than half of sRGB's scale."""
    gamma_one = b"curv" + bytes(4) + struct.pack(">I", 0)
    white = b"XYZ " + bytes(4) + struct.pack(">iii", 63190, 65536, 54061)
    text = b"desc" + bytes(4) + struct.pack(">I", 5) + b"test\0" + bytes(79)
    bodies = {b"desc": text, b"wtpt": white, b"kTRC": gamma_one}
    table, body, offset = struct.pack(">I", len(bodies)), b"", 128 + 4 + 12 * len(bodies)
    for name, content in bodies.items():
        table += name + struct.pack(">II", offset + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    header = struct.pack(">I", offset + len(body)) + b"lcms\x02\x10\0\0mntrGRAYXYZ " + bytes(12)
    header += b"acsp" + bytes(28) + struct.pack(">iii", 63190, 65536, 54061) + bytes(48)
    profile = header + table + body

    pixels = opened(encode(Image.new("L", SIZE, 128), "PNG", icc_profile=profile))

    assert np.abs(pixels - 188).max() <= 2


def test_srgb_itself_changes_nothing(scene, encode):
    picture = scene(SIZE)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    pixels = opened(encode(picture, "PNG", icc_profile=profile))

    assert np.array_equal(pixels, np.asarray(picture))


@pytest.mark.parametrize(
    "profile",
    [
        b"rubbish",
        bytes(128),
        swapped_profile()[:200],
        swapped_profile()[:128] + b"\xff" * 400,
        swapped_profile() + bytes(5 * 2**20),  # larger than any real one
        many_matrices(3),
    ],
)
def test_a_broken_colour_profile_is_a_warning_and_leaves_the_colours(scene, encode, profile):
    picture = scene(SIZE)

    photo = open_image(encode(picture, "TIFF", icc_profile=profile), AS_IT_IS)

    assert photo.warnings == ("invalid_color_profile",)
    assert np.array_equal(photo.pixels, np.asarray(picture))


@pytest.mark.parametrize(("kind", "value"), [(2, "words"), (3, 5)])
def test_a_colour_profile_that_is_not_even_bytes_is_a_warning(scene, encode, kind, value):
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[ICC_TAG], tags.tagtype[ICC_TAG] = value, kind
    picture = scene(SIZE)

    photo = open_image(encode(picture, "TIFF", tiffinfo=tags), AS_IT_IS)

    assert photo.warnings == ("invalid_color_profile",)
    assert np.array_equal(photo.pixels, np.asarray(picture))


def test_a_profile_of_other_colours_than_the_photos_is_a_warning(encode):
    grey = Image.new("L", SIZE, 77)

    photo = open_image(encode(grey, "PNG", icc_profile=swapped_profile()), AS_IT_IS)

    assert photo.warnings == ("invalid_color_profile",)
    assert (photo.pixels == 77).all()


def test_a_photo_cut_off_with_a_broken_profile_tells_both(scene, encode):
    data = encode(scene((400, 300)), "JPEG", icc_profile=b"rubbish")

    assert open_image(data[: len(data) // 2]).warnings == ("truncated", "invalid_color_profile")


def test_the_same_profile_serves_each_mode_on_its_own():
    """The cache of transforms must not hand one made for colours to a grey photo."""
    profile, warnings = swapped_profile(), []

    colours = to_srgb(Image.new("RGB", SIZE, (250, 60, 20)), profile, warnings)
    grey = to_srgb(Image.new("L", SIZE, 77), profile, warnings)

    assert np.asarray(colours)[0, 0, 2] > 200
    assert np.asarray(grey)[0, 0].tolist() == [77, 77, 77]
    assert warnings == ["invalid_color_profile"]


def test_every_mode_of_pillow_comes_out_as_eight_bit_colours():
    for mode in ("1", "L", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "HSV", "I", "F", "LA", "PA",
                 "RGBX", "RGBa", "La", "I;16", "I;16L", "I;16B"):  # fmt: skip
        flat = to_srgb(eight_bit_opaque(Image.new(mode, SIZE)), None, [])

        assert (flat.mode, flat.size) == ("RGB", SIZE), mode


def test_a_tiff_of_inverted_grey_is_not_a_negative():
    """Fax and scanner files say 0 for white (PhotometricInterpretation 0)."""
    content = io.BytesIO()
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[262] = 0
    Image.new("1", SIZE, 255).save(content, "TIFF", tiffinfo=tags)

    assert (opened(content.getvalue()) == 255).all()
