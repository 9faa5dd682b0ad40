"""From a decoded picture of any mode to a small one of eight bits, opaque."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from stayrank_common.colours import eight_bit_opaque

if TYPE_CHECKING:
    from collections.abc import Iterator

_GAP = 2  # how much larger than what is wanted the reduced picture is: Pillow's `reducing_gap`
_STRIP_PIXELS = 2**18  # a megabyte, which stays in the processor's cache
_READY = {"L", "RGB", "CMYK"}  # where nothing is transparent
_IN_ONE_RANGE = ("I", "F")  # scaled by the largest of all their values


def shrunk(image: Image.Image, size: tuple[int, int], resample: Image.Resampling) -> Image.Image:
    """Resize with the reduction by whole factors that Pillow's `reducing_gap` begins with.

    What has to be converted first is converted and reduced strip by strip: a second and a third
    copy of a photo of 40 megapixels take 160 MB each, and more time than the conversion does.

    Args:
        image: A loaded picture.
        size: Width and height.
        resample: Any filter but `NEAREST`.

    Returns:
        A picture of mode L, RGB or CMYK; the same values as of the whole at once.
    """
    across, down = (max(1, int(a / b / _GAP)) for a, b in zip(image.size, size, strict=True))
    if image.mode == "LAB":  # a transform of a microsecond for each 30 pixels
        return eight_bit_opaque(image.resize(size, resample, reducing_gap=_GAP))
    is_ready = image.mode in _READY and "transparency" not in image.info
    if is_ready or image.mode.startswith(_IN_ONE_RANGE) or across == down == 1:
        return eight_bit_opaque(image).resize(size, resample, reducing_gap=_GAP)
    parts = [eight_bit_opaque(strip).reduce((across, down)) for strip in _strips(image, down)]
    reduced = Image.new(parts[0].mode, (parts[0].width, sum(part.height for part in parts)))
    top = 0
    for part in parts:
        reduced.paste(part, (0, top))
        top += part.height
    box = (0, 0, image.width / across, image.height / down)
    return reduced.resize(size, resample, box)


def _strips(image: Image.Image, factor: int) -> Iterator[Image.Image]:
    """Cut a picture into strips, all but the last of a multiple of `factor` rows."""
    rows = factor * max(1, _STRIP_PIXELS // (image.width * factor))
    for top in range(0, image.height, rows):
        yield image.crop((0, top, image.width, min(top + rows, image.height)))
