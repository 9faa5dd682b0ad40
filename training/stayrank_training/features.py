"""Photos into arrays: pixels for training, and features of a frozen backbone kept on disk."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.progress import track

from stayrank_common.errors import DatasetError, PhotoError
from stayrank_common.images import Preprocessing, open_image

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

BATCH = 32
# Decoding releases the interpreter lock; more threads than this only wait for the model.
DECODERS = 4


def load_pixels(paths: Sequence[Path], preprocessing: Preprocessing) -> NDArray[np.uint8]:
    """Decode photos into one array.

    Args:
        paths: Of the photos.
        preprocessing: What they should look like.

    Returns:
        `(photos, height, width, 3)` uint8 RGB: 147 KiB a photo of 224 × 224.

    Raises:
        DatasetError: If a photo cannot be decoded.
    """
    shape = (len(paths), preprocessing.height, preprocessing.width, 3)
    pixels = np.empty(shape, dtype=np.uint8)

    def fill(index: int) -> None:
        pixels[index] = _decode(paths[index], preprocessing)

    with ThreadPoolExecutor(DECODERS) as pool:
        for _ in track(pool.map(fill, range(len(paths))), "photos", total=len(paths)):
            pass
    return pixels


def cached_features(
    model: Any,  # noqa: ANN401
    paths: Sequence[Path],
    preprocessing: Preprocessing,
    cache: Path,
    *,
    mirrored: bool = False,
) -> NDArray[np.float32]:
    """Run a frozen backbone over photos, or read what it said the last time.

    Args:
        model: A Keras model from photos to `(batch, channels)`.
        paths: Of the photos.
        preprocessing: What they should look like.
        cache: Folder to keep features in: one file for each set of weights and preprocessing.
        mirrored: Whether to mirror each photo left to right.

    Returns:
        `(photos, channels)` float32.

    Raises:
        DatasetError: If a photo cannot be decoded.
    """
    keys = [_content_key(path) for path in paths]
    name = f"{_model_key(model, preprocessing)}{'-mirrored' if mirrored else ''}.npz"
    known = _read(cache / name)
    missing = {key: path for key, path in zip(keys, paths, strict=True) if key not in known}
    if missing:
        batches = _batches(list(missing.values()), preprocessing, mirrored=mirrored)
        total = -(-len(missing) // BATCH)
        found = [model.predict_on_batch(b) for b in track(batches, "features", total=total)]
        known.update(zip(missing, np.concatenate(found), strict=True))
        cache.mkdir(parents=True, exist_ok=True)
        np.savez(cache / name, keys=np.array(list(known)), values=np.stack(list(known.values())))
    return np.stack([known[key] for key in keys])


def _batches(
    paths: list[Path], preprocessing: Preprocessing, *, mirrored: bool
) -> Iterator[NDArray[np.uint8]]:
    with ThreadPoolExecutor(DECODERS) as pool:
        for start in range(0, len(paths), BATCH):
            part = paths[start : start + BATCH]
            batch = np.stack(list(pool.map(lambda path: _decode(path, preprocessing), part)))
            yield batch[:, :, ::-1] if mirrored else batch


def _decode(path: Path, preprocessing: Preprocessing) -> NDArray[np.uint8]:
    try:
        return open_image(path, preprocessing).pixels
    except PhotoError as error:
        raise DatasetError(f"{path}: {error}") from error


def _content_key(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _model_key(model: Any, preprocessing: Preprocessing) -> str:  # noqa: ANN401
    digest = hashlib.sha256(preprocessing.model_dump_json().encode())
    for weight in model.get_weights():
        digest.update(weight.tobytes())
    return digest.hexdigest()[:16]


def _read(path: Path) -> dict[str, NDArray[np.float32]]:
    if not path.is_file():
        return {}
    with np.load(path, allow_pickle=False) as file:
        return dict(zip(file["keys"].tolist(), file["values"], strict=True))
