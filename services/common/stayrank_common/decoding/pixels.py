"""From the bytes of a file to upright sRGB pixels of a given size.

    bytes ─> limits on the header ─> scaled decode ─> resize ─> ICC to sRGB ─> EXIF turn

Colour and orientation come after the resize: both commute with it closely enough, and they
then touch fifty thousand pixels rather than twelve million.
"""

from __future__ import annotations

import importlib.util
import io
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFile, UnidentifiedImageError

from stayrank_common.colours import eight_bit_opaque, to_srgb
from stayrank_common.decoding.bounds import MAX_EDGE, check_structure
from stayrank_common.decoding.counting import check_exif
from stayrank_common.decoding.shrinking import shrunk
from stayrank_common.errors import OversizedPhotoError, UndecodablePhotoError

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Decoders outside this list are never tried: each one is attack surface.
Image.init()  # registers the decoders that Pillow would only load on demand
FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"]
SUFFIXES = frozenset(
    f".{name}"
    for name in "jpg jpeg jpe jfif mpo png webp gif bmp tif tiff avif heic heif".split()  # noqa: SIM905
)

if importlib.util.find_spec("pillow_heif"):  # the `heic` extra
    import pillow_heif

    pillow_heif.register_heif_opener()
    FORMATS.append("HEIF")

# Pillow's own guard, which refuses what no setting of ours can allow.
PILLOW_MAX_PIXELS = 2 * 89_478_485

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112
_JPEG_END = b"\xff\xd9"


@dataclass(frozen=True, slots=True)
class PhotoLimits:
    """What a photo may cost, checked before a pixel is decoded.

    Args:
        max_bytes: Size of the file in bytes.
        max_pixels: Width times height, as the header declares them.
    """

    max_bytes: int = 20 * 2**20
    max_pixels: int = 40_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A decoded photo.

    Args:
        pixels: `(height, width, 3)` uint8 sRGB, of the size that was asked for.
        width: Width of the original in pixels, after its EXIF turn.
        height: Height of the original in pixels, after its EXIF turn.
        warnings: What was wrong with it, for example `truncated`.
    """

    pixels: NDArray[np.uint8] = field(repr=False)
    width: int
    height: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of a photo.

    Args:
        size: Width and height after the EXIF turn; or the most pixels that either may have, the
            shape kept and nothing enlarged.
        interpolation: One of Pillow's filters, in lower case; antialiased but for `nearest`.
        exact: Decode every pixel before the resize: what the scaled decode is measured against.
    """

    size: tuple[int, int] | int
    interpolation: str = "bilinear"
    exact: bool = False


def decode(data: bytes, wanted: Wanted, limits: PhotoLimits) -> Photo:
    """Decode the content of a file.

    Raises:
        OversizedPhotoError: It has too many pixels.
        UndecodablePhotoError: It is not an image of a supported format, or nothing of it decodes.
    """
    resample = Image.Resampling[wanted.interpolation.upper()]
    scaled = not wanted.exact and resample is not Image.Resampling.NEAREST
    edge = wanted.size if isinstance(wanted.size, int) else max(wanted.size)
    warnings: list[str] = []
    check_structure(data, limits.max_pixels)
    try:
        image = _open(data)
        width, height = image.size
        _check_size(image, limits.max_pixels)
        image = _load(image, data, edge if scaled else None, warnings)
        orientation = _orientation(image)
        sideways = orientation >= 5
        profile = image.info.get("icc_profile")
        size = _size((width, height), wanted.size, sideways=sideways)
        if scaled:
            flat = shrunk(image, size, resample)
        else:
            flat = eight_bit_opaque(image).resize(size, resample)
    except (OversizedPhotoError, UndecodablePhotoError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        # Pillow refuses before the size can be asked for; it is at least this.
        least = max(PILLOW_MAX_PIXELS // 2, limits.max_pixels) + 1
        raise OversizedPhotoError("pixels", least, limits.max_pixels) from error
    except UnidentifiedImageError as error:
        raise UndecodablePhotoError(f"not an image of a supported format{_hint(data)}") from error
    except MemoryError as error:
        raise UndecodablePhotoError("it takes more memory than there is") from error
    except Exception as error:  # Decoders raise anything on malformed files, KeyError included.
        raise UndecodablePhotoError(f"the image cannot be decoded: {error}") from error
    upright = to_srgb(flat, profile, warnings)
    if orientation in _TURNS:
        upright = upright.transpose(_TURNS[orientation])
    original = (height, width) if sideways else (width, height)
    return Photo(np.asarray(upright, dtype=np.uint8), *original, tuple(warnings))


def read(source: bytes | Path, max_bytes: int) -> bytes:
    """Return the content of a photo.

    Raises:
        OversizedPhotoError: It has more than `max_bytes`.
        UndecodablePhotoError: It cannot be read, or is empty.
    """
    if isinstance(source, Path):
        try:
            size, data = source.stat().st_size, b""
            if size <= max_bytes:
                with source.open("rb") as file:
                    data = file.read(max_bytes + 1)  # a device has no size, but may have no end
                size = len(data)
        except OSError as error:
            raise UndecodablePhotoError(f"cannot be read: {error.strerror}") from error
    else:
        data, size = source, len(source)
    if size > max_bytes:
        raise OversizedPhotoError("bytes", size, max_bytes)
    if not size:
        raise UndecodablePhotoError("the file is empty")
    return data


def _check_size(image: Image.Image, max_pixels: int) -> None:
    width, height = image.size
    if width * height > max_pixels:
        raise OversizedPhotoError("pixels", width * height, max_pixels)
    if image.mode in {"I", "F"} and width * height > max_pixels // 2:
        raise UndecodablePhotoError(f"it has more than {max_pixels // 2:,} pixels of 32 bits")
    if max(width, height) > MAX_EDGE:
        raise UndecodablePhotoError(f"one of its edges has more than {MAX_EDGE:,} pixels")


def _load(
    image: ImageFile.ImageFile, data: bytes, edge: int | None, warnings: list[str]
) -> ImageFile.ImageFile:
    """Decode the pixels, as far as they go.

    Args:
        image: The opened image.
        data: What it was opened from.
        edge: Pixels that either edge should keep, where the decoder may scale.
        warnings: Gets `truncated` where not all pixels could be decoded.
    """
    try:
        if edge:  # The JPEG decoder can skip what the resize would average away anyway.
            image.draft(None, (edge, edge))
        image.load()
    except (OSError, SyntaxError, EOFError, struct.error):
        # Decoders write rows as they come. Without tiles left, Pillow takes what is there.
        if not image.tile:
            raise
        image.tile = []
        if image.getbbox() is None:
            # A progressive JPEG writes its rows after the last scan, which its end announces.
            if "progressive" not in image.info or data.endswith(_JPEG_END):
                raise
            ended = _load(_open(data + _JPEG_END), data + _JPEG_END, edge, [])
            # Up to one block of noise, then grey: less than an eighth of the first scan has come.
            if not np.ptp(np.asarray(ended.convert("L").resize((8, 8), Image.Resampling.BOX))[1:]):
                raise
            image = ended
        warnings.append("truncated")
    return image


def _open(data: bytes) -> ImageFile.ImageFile:
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    if image.format in {"JPEG", "MPO"}:
        # In pieces, what a decoder takes nothing of is copied and looked through again with each.
        image.decodermaxblock = max(image.decodermaxblock, len(data))
    return image


def _orientation(image: Image.Image) -> int:
    for name in ("exif", "Raw profile type exif"):
        check_exif(image.info.get(name) or b"")
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # broken metadata must not cost a photo whose pixels are fine
        return 1
    return value if isinstance(value, int) and value in _TURNS else 1


def _size(
    original: tuple[int, int], target: tuple[int, int] | int, *, sideways: bool
) -> tuple[int, int]:
    """The size to resize to, before the turn."""
    if isinstance(target, tuple):
        return (target[1], target[0]) if sideways else target
    scale = min(1.0, target / max(original))
    return max(1, round(original[0] * scale)), max(1, round(original[1] * scale))


def _hint(data: bytes) -> str:
    """Say what a file that is no image probably is."""
    head = data[:64].lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return " (it is an HTML page)"
    if head.startswith(b"%pdf"):
        return " (it is a PDF)"
    if head[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1"}:
        return " (it is HEIC: install the extra `stayrank[heic]`)"
    return ""
