"""Any mode and colour space of a decoded image to eight-bit sRGB."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageCms

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Printers' CMYK profiles have 0.5 to 3 MiB. The cache below must not grow by what callers send.
_MAX_PROFILE_BYTES = 4 * 2**20
# A type of tag: curves, matrices and tables in any number, each of which every colour goes through.
_ENDLESS = b"mpet"
_STRIP_ROWS = 256  # so that no second copy of a deep image is ever in memory


def eight_bit_opaque(image: Image.Image) -> Image.Image:
    """Bring any mode to L, RGB or CMYK with eight bits a channel; transparency becomes white."""
    if image.mode.startswith(("I", "F")):
        return _from_deep(image)
    if image.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in image.info:
        return _on_white(image)
    if image.mode in {"L", "RGB", "CMYK"}:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def to_srgb(image: Image.Image, profile: object, warnings: list[str]) -> Image.Image:
    """Convert an image of mode L, RGB or CMYK to sRGB.

    Args:
        image: What to convert.
        profile: The ICC profile as the decoder found it: bytes, nothing, or rubbish.
        warnings: Gets `invalid_color_profile` where the profile cannot be used.
    """
    if profile:
        try:
            transform = _transform(_checked(profile), image.mode)
            if transform:
                return transform.apply(image)
        except (ImageCms.PyCMSError, ValueError, OSError):
            warnings.append("invalid_color_profile")
    return image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    mode, opaque = ("LA", "L") if image.mode in {"1", "L", "LA", "La"} else ("RGBA", "RGB")
    layer = image if image.mode == mode else image.convert(mode)
    white = Image.new(opaque, layer.size, "white")
    white.paste(layer, mask=layer)
    return white


def _from_deep(image: Image.Image) -> Image.Image:
    """Scale 16-bit, 32-bit and float grey to eight bits by the range that the values suggest."""
    full = 65535.0 if image.mode.startswith("I;16") else _full_scale(image)
    eight = [
        (np.nan_to_num(strip).clip(0, full) * (255 / full)).round().astype(np.uint8)
        for strip in _strips(image)
    ]
    return Image.fromarray(np.concatenate(eight))


def _full_scale(image: Image.Image) -> float:
    top = max(float(np.max(s, initial=0, where=np.isfinite(s))) for s in _strips(image))
    if image.mode == "F" and top <= 1:
        return 1.0
    return 255.0 if top <= 255 else max(65535.0, top)


def _strips(image: Image.Image) -> Iterator[NDArray[np.floating[Any]]]:
    for row in range(0, image.height, _STRIP_ROWS):
        box = (0, row, image.width, min(row + _STRIP_ROWS, image.height))
        yield np.asarray(image.crop(box), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class _Profile:
    """An ICC profile that hashes by its digest, so that the cache compares 32 bytes."""

    digest: bytes
    content: bytes = field(compare=False, repr=False)


def _checked(profile: object) -> _Profile:
    if not isinstance(profile, bytes) or len(profile) > _MAX_PROFILE_BYTES or _ENDLESS in profile:
        raise ValueError("not a profile")
    return _Profile(hashlib.sha256(profile).digest(), profile)


@lru_cache(maxsize=16)
def _transform(profile: _Profile, mode: str) -> ImageCms.ImageCmsTransform | None:
    """The transform from a profile to sRGB, or None where it would change nothing."""
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile.content))
    if "sRGB" in ImageCms.getProfileDescription(source) and mode == "RGB":
        return None
    srgb = ImageCms.createProfile("sRGB")
    return ImageCms.buildTransform(source, srgb, mode, "RGB")
