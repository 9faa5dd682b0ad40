"""Who decodes: this process, for files that its user vouches for, or a pool of others."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from stayrank_common.decoding.pixels import Photo, PhotoLimits, Wanted, decode, read

if TYPE_CHECKING:
    from stayrank_common.images import Preprocessing


class Decoder(ABC):
    """Turns files into pixels; safe to call from several threads.

    Args:
        limits: What a photo may cost.
    """

    def __init__(self, limits: PhotoLimits | None = None) -> None:
        self.limits = limits or PhotoLimits()

    def open_image(self, source: bytes | Path, preprocessing: Preprocessing) -> Photo:
        """Decode a photo into the input of a model.

        Raises:
            OversizedPhotoError: It has too many bytes or pixels.
            UndecodablePhotoError: It is not an image of a supported format, nothing of it decodes,
                or (`LethalPhotoError`) the process that decoded it died of it.
        """
        size = (preprocessing.width, preprocessing.height)
        return self._decode_file(source, Wanted(size, preprocessing.interpolation))

    def open_scaled(self, source: bytes | Path, long_edge: int) -> Photo:
        """Decode a photo at most `long_edge` pixels wide and high, its shape kept.

        Raises:
            OversizedPhotoError: It has too many bytes or pixels.
            UndecodablePhotoError: As of `open_image`.
        """
        return self._decode_file(source, Wanted(long_edge))

    @abstractmethod
    def start(self, photos: int = 1) -> None:
        """Get ready now, rather than when the first photos come.

        Args:
            photos: How many will be decoded at the same time.

        Raises:
            DecoderUnavailableError: It cannot.
        """

    @abstractmethod
    def close(self) -> None:
        """Release what it holds."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _decode_file(self, source: bytes | Path, wanted: Wanted) -> Photo:
        return self._decode(read(source, self.limits.max_bytes), wanted)

    @abstractmethod
    def _decode(self, data: bytes, wanted: Wanted) -> Photo:
        """Decode the content of a file."""


class PlainDecoder(Decoder):
    """Decodes in this process.

    Args:
        limits: What a photo may cost.
        exact: Decode every pixel before the resize: what the scaled decode is measured against.
    """

    def __init__(self, limits: PhotoLimits | None = None, *, exact: bool = False) -> None:
        super().__init__(limits)
        self._exact = exact

    def start(self, photos: int = 1) -> None:
        """Nothing to start."""

    def close(self) -> None:
        """Nothing to release."""

    def _decode(self, data: bytes, wanted: Wanted) -> Photo:
        return decode(data, replace(wanted, exact=self._exact), self.limits)
