"""Weights from HDF5 files that may be hostile, put into a model strictly.

HDF5 can point outside itself: external links, external raw data and virtual datasets open other
files of the machine. None of them belongs in a weights file, so all are refused before any
tensor is read. Every tensor of the file must find its place, and every place its tensor.

Two layouts are read: that of Keras 3 (`layers/<class>_<n>/vars/<i>`) and that of Keras 2
(`<layer>/<layer>/<variable>:0`, with the order in the attribute `weight_names`).
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from stayrank_common.errors import WeightsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Tensors = dict[str, list[NDArray[np.float32]]]

# Ten times VGG16, the largest backbone: a file may declare terabytes and hold none.
MAX_BYTES = 2 * 2**30


def read_tensors(content: bytes) -> Tensors:
    """Read all tensors of a weights file.

    Args:
        content: The file, in either layout.

    Returns:
        Layer → its tensors in the order of `layer.weights`, float32. In the layout of Keras 3
        layers are named by class and number, see `numbered_names`; in that of Keras 2 by name.

    Raises:
        WeightsError: If it is no HDF5 file, points outside itself, or is of another layout.
    """
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            _refuse_tricks(file)
            return _keras2(file) if "layer_names" in file.attrs else _keras3(file)
    except WeightsError:
        raise
    except (OSError, KeyError, ValueError, TypeError, RuntimeError, AttributeError) as error:
        raise WeightsError(f"not a readable Keras weights file: {error}") from error


def assign(model: Any, tensors: Tensors, skip: frozenset[str] = frozenset()) -> None:  # noqa: ANN401
    """Put tensors into a model.

    Args:
        model: A flat Keras model.
        tensors: What `read_tensors` returned.
        skip: Names of layers that may keep their values; tensors for them are refused.

    Raises:
        WeightsError: If a tensor has no place, a place no tensor, a shape differs, or a value is
            not finite. The model is unchanged then.
    """
    by_number = numbered_names(model)
    numbered = any(name in tensors for name in by_number.values())
    left = dict(tensors)
    pairs: list[tuple[Any, NDArray[np.float32]]] = []
    for layer in model.layers:
        if not layer.weights or layer.name in skip:
            continue
        name = by_number[layer.name] if numbered else layer.name
        values = left.pop(name, [])
        expected = [tuple(variable.shape) for variable in layer.weights]
        found = [value.shape for value in values]
        if expected != found:
            raise WeightsError(f"layer {layer.name!r}: expected shapes {expected}, found {found}")
        if not all(np.isfinite(value).all() for value in values):
            raise WeightsError(f"layer {layer.name!r}: not all values are finite")
        pairs += zip(layer.weights, values, strict=True)
    if left:
        raise WeightsError(f"the model has no place for: {', '.join(sorted(left))}")
    for variable, value in pairs:
        variable.assign(value)


def numbered_names(model: Any) -> dict[str, str]:  # noqa: ANN401
    """Layer name → its name in Keras 3 files: class in snake case, numbered from the second on."""
    from keras.src.utils.naming import to_snake_case

    seen: dict[str, int] = {}
    names = {}
    for layer in model.layers:
        kind = to_snake_case(type(layer).__name__)
        seen[kind] = seen.get(kind, -1) + 1
        names[layer.name] = f"{kind}_{seen[kind]}" if seen[kind] else kind
    return names


def _refuse_tricks(group: h5py.Group) -> None:
    total = 0
    for path, item in _walk(group):
        plist = item.id.get_create_plist()
        if item.is_virtual or plist.get_external_count():
            raise WeightsError(f"{path}: its values lie outside the file")
        # Neither packed nor left out: a small file cannot become gigabytes.
        if item.id.get_storage_size() != item.size * item.dtype.itemsize:
            raise WeightsError(f"{path}: its values are packed, or not all there")
        counter = item.dtype.kind in "iu" and item.shape == ()  # Keras' Normalization keeps one
        if item.dtype.kind != "f" and not counter:
            raise WeightsError(f"{path}: expected floating-point values, found {item.dtype}")
        total += item.size * 4
        if total > MAX_BYTES:
            raise WeightsError(f"more than {MAX_BYTES:,} bytes of weights")


def _walk(
    group: h5py.Group, prefix: str = "", seen: set[int] | None = None
) -> Iterator[tuple[str, h5py.Dataset]]:
    """All datasets, each reached once: hard links can form rings, or trees without end."""
    seen = set() if seen is None else seen
    if prefix.count("/") > 8:
        raise WeightsError(f"{prefix}: nested too deeply")
    for key in group:
        path = f"{prefix}/{key}"
        if not isinstance(group.get(key, getlink=True), h5py.HardLink):
            raise WeightsError(f"{path}: a link out of the file or within it")
        item = group[key]
        place = h5py.h5o.get_info(item.id).addr
        if place in seen:
            raise WeightsError(f"{path}: the same object under two names")
        seen.add(place)
        if isinstance(item, h5py.Dataset):
            yield path, item
        elif isinstance(item, h5py.Group):
            yield from _walk(item, path, seen)
        else:
            raise WeightsError(f"{path}: neither a tensor nor a group")


def _keras3(file: h5py.File) -> Tensors:
    tensors: Tensors = {}
    for path, _ in _walk(file):
        parts = path.strip("/").split("/")
        if "seed_generator" in parts:  # the random state of a dropout layer
            continue
        if len(parts) != 4 or parts[0] != "layers" or parts[2] != "vars":
            raise WeightsError(f"{path}: not where Keras puts weights")
        tensors.setdefault(parts[1], [])
    for layer, values in tensors.items():
        variables = file["layers"][layer]["vars"]
        values += [_value(variables[str(index)]) for index in range(len(variables))]
    return tensors


def _keras2(file: h5py.File) -> Tensors:
    tensors: Tensors = {}
    named = 0
    for layer in _texts(file.attrs["layer_names"]):
        paths = _texts(file[layer].attrs["weight_names"])
        named += len(paths)
        if paths:
            tensors[layer] = [_value(file[layer][path]) for path in paths]
    held = sum(1 for _ in _walk(file))
    if held != named:
        raise WeightsError(f"the file holds {held} tensors and names {named}")
    return tensors


def _texts(values: Any) -> list[str]:  # noqa: ANN401
    return [value.decode() if isinstance(value, bytes) else str(value) for value in values]


def _value(dataset: h5py.Dataset) -> NDArray[np.float32]:
    return np.asarray(dataset[()], dtype=np.float32)
