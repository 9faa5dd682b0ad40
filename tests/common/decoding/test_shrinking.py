"""Strip by strip, with the values of the whole."""

import numpy as np
import pytest
from PIL import Image

from stayrank_common.colours import eight_bit_opaque
from stayrank_common.decoding import shrinking
from stayrank_common.decoding.shrinking import shrunk

SIZE = (311, 203)
BILINEAR = Image.Resampling.BILINEAR
KEYS = {"L": 7, "RGB": (7, 7, 7), "P": bytes(range(0, 256, 16))}


def noise(mode: str) -> Image.Image:
    """A picture whose upper half has one colour of any transparency."""
    values = np.random.default_rng(0).integers(0, 256, (*SIZE[::-1], 4), dtype=np.uint8)
    values[:100, :, :3] = 7
    layer = Image.fromarray(values, "RGBA")
    if mode == "P":
        return layer.convert("RGB").quantize(16)
    if mode == "HSV":
        return Image.merge(mode, layer.split()[:3])
    if mode in {"PA", "La", "I", "F"}:
        return layer.convert("LA").convert({"I": "L", "F": "L"}.get(mode, mode)).convert(mode)
    return layer.convert(mode)


@pytest.mark.parametrize(
    "mode",
    [
        "1",
        "L",
        "P",
        "RGB",
        "CMYK",
        "YCbCr",
        "HSV",
        "LA",
        "PA",
        "RGBA",
        "La",
        "RGBa",
        "I",
        "F",
    ]
    + [f"{mode} with a transparent colour" for mode in KEYS],
)
def test_strips_have_the_values_of_the_whole(monkeypatch, mode):
    monkeypatch.setattr(shrinking, "_STRIP_PIXELS", 3_000)
    mode, *words = mode.split()
    picture = noise(mode)
    if words:
        picture.info["transparency"] = KEYS[mode]

    for size in ((24, 24), (311, 9), (7, 203), (1, 1), (400, 300)):
        whole = eight_bit_opaque(picture).resize(size, BILINEAR, reducing_gap=2.0)

        assert np.array_equal(np.asarray(shrunk(picture, size, BILINEAR)), np.asarray(whole)), size


def test_what_is_transparent_is_never_converted_whole(monkeypatch):
    monkeypatch.setattr(shrinking, "_STRIP_PIXELS", 3_000)
    heights = []

    def watched(image: Image.Image) -> Image.Image:
        heights.append(image.height)
        return eight_bit_opaque(image)

    monkeypatch.setattr(shrinking, "eight_bit_opaque", watched)
    shrunk(noise("RGBA"), (24, 24), BILINEAR)

    assert max(heights) < 20
    assert sum(heights) == SIZE[1]


def test_lab_is_converted_where_it_is_small(monkeypatch):
    """Its transform takes a second and more for 40 megapixels."""
    smooth = Image.linear_gradient("L").resize(SIZE)
    mild = smooth.point([100 + n // 4 for n in range(256)])
    picture = Image.merge("LAB", (smooth, mild, mild.rotate(180)))
    sizes = []

    def watched(image: Image.Image) -> Image.Image:
        sizes.append(image.size)
        return eight_bit_opaque(image)

    monkeypatch.setattr(shrinking, "eight_bit_opaque", watched)
    small = shrunk(picture, (24, 24), BILINEAR)

    whole = eight_bit_opaque(picture).resize((24, 24), BILINEAR, reducing_gap=2.0)
    assert sizes == [(24, 24)]
    assert np.abs(np.asarray(small, int) - np.asarray(whole, int)).max() <= 4
