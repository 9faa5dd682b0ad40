"""Photos into arrays: pixels for training, and features of a frozen backbone kept on disk."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from stayrank_common.errors import DatasetError, PhotoError
from stayrank_common.images import Preprocessing, open_image
from stayrank_training.augmentation import augment
from stayrank_training.progress import DECODERS, mapped, tracked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from stayrank_training.recipe_parts import Augmentation

BATCH = 32


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
        try:
            pixels[index] = open_image(paths[index], preprocessing).pixels
        except PhotoError as error:
            raise DatasetError(f"{paths[index]}: {error}") from error

    for _ in mapped(fill, range(len(paths)), "photos"):
        pass
    return pixels


@dataclass(frozen=True, slots=True)
class Change:
    """A change of photos before their features are computed.

    Args:
        name: Tells it apart in the cache.
        apply: `(height, width, 3)` uint8 and a source of chance → the same shape.
    """

    name: str
    apply: Callable[[NDArray[np.uint8], np.random.Generator], NDArray[np.uint8]]


AS_IT_IS = Change("", lambda photo, _: photo)
MIRRORED = Change("-mirrored", lambda photo, _: photo[:, ::-1])


def random_change(settings: Augmentation, seed: int) -> Change:
    """A change by chance; the same settings and seed give a photo the same one each time."""
    digest = hashlib.sha256(f"{settings.model_dump_json()} {seed}".encode()).hexdigest()[:16]
    return Change(f"-{digest}", lambda photo, rng: augment(photo, settings, rng))


def readable_features(
    model: Any,  # noqa: ANN401
    paths: Sequence[Path],
    preprocessing: Preprocessing,
    cache: Path,
    change: Change = AS_IT_IS,
) -> tuple[NDArray[np.float32], dict[Path, str]]:
    """Run a frozen backbone over the photos that can be decoded, or read the cached result.

    Args:
        model: A Keras model from photos to `(batch, channels)`.
        paths: Of the photos.
        preprocessing: What they should look like.
        cache: Folder to keep features in: one file for each set of weights and preprocessing.
        change: What to do to each photo before.

    Returns:
        `(readable photos, channels)` float32, in the order of `paths`; and why each of the other
        photos cannot be decoded.

    Raises:
        DatasetError: If no photo can be decoded, or the cache is broken.
    """
    keys = [_content_key(path) for path in paths]
    known_file = cache / f"{_model_key(model, preprocessing)}{change.name}.npz"
    known = _read(known_file)
    missing = {key: path for key, path in zip(keys, paths, strict=True) if key not in known}
    unreadable: dict[str, str] = {}
    if missing:
        total = -(-len(missing) // BATCH)
        batches = _batches(missing, preprocessing, change, unreadable)
        for good, pixels in tracked(batches, total, f"features{change.name}"):
            if good:
                known.update(zip(good, np.asarray(model.predict_on_batch(pixels)), strict=True))
        _save(known_file, known)
    reasons = {p: unreadable[k] for k, p in zip(keys, paths, strict=True) if k in unreadable}
    features = [known[key] for key in keys if key not in unreadable]
    if not features:
        raise DatasetError(f"not one of {len(paths)} photos can be decoded")
    return np.stack(features), reasons


def _batches(
    missing: dict[str, Path],
    preprocessing: Preprocessing,
    change: Change,
    unreadable: dict[str, str],
) -> Iterator[tuple[list[str], NDArray[np.uint8]]]:
    """The keys of readable photos and their pixels, batch by batch; fills `unreadable`."""
    chance = zlib.crc32(change.name.encode())

    def decoded(item: tuple[str, Path]) -> NDArray[np.uint8] | str:
        key, path = item
        try:
            pixels = open_image(path, preprocessing).pixels
        except PhotoError as error:
            return str(error)
        return change.apply(pixels, np.random.default_rng([int(key[:16], 16), chance]))

    items = list(missing.items())
    with ThreadPoolExecutor(DECODERS) as pool:
        for start in range(0, len(items), BATCH):
            part = items[start : start + BATCH]
            good: dict[str, NDArray[np.uint8]] = {}
            for (key, _), result in zip(part, pool.map(decoded, part), strict=True):
                if isinstance(result, str):
                    unreadable[key] = result
                else:
                    good[key] = result
            yield list(good), np.stack(list(good.values())) if good else np.empty(0, np.uint8)


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
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            return dict(zip(file["keys"].tolist(), file["values"], strict=True))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise DatasetError(f"{path}: no readable cache of features; remove it: {error}") from error


def _save(path: Path, known: dict[str, NDArray[np.float32]]) -> None:
    """Write the cache in one go, so that an interruption leaves the old one."""
    if not known:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        np.savez(file, keys=np.array(list(known)), values=np.stack(list(known.values())))
    partial.replace(path)
