"""The catalogue of pre-trained starting points, and how they are obtained.

A file is looked up in the folder `STAYRANK_WEIGHTS_DIR` first and downloaded from its official
address otherwise. Either way it is used only if its checksum is one that stands here.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stayrank_common.errors import ArtifactError, WeightsError
from stayrank_models.artifacts import WEIGHTS, find
from stayrank_models.tensors import read_tensors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stayrank_models.artifacts import Artifact
    from stayrank_models.tensors import Tensors

FOLDER_VARIABLE = "STAYRANK_WEIGHTS_DIR"
_KERAS = "https://storage.googleapis.com/tensorflow/keras-applications"
_KERAS_NEW = "https://storage.googleapis.com/keras-applications"
_IDEALO = "https://raw.githubusercontent.com/idealo/image-quality-assessment/master/models"


@dataclass(frozen=True, slots=True)
class PretrainedWeights:
    """A starting point.

    Args:
        address: Where its owner publishes it.
        license: SPDX identifier.
        credit: Whom to name.
        input: What the photos must look like.
        files: File name in `STAYRANK_WEIGHTS_DIR` → sha256, or md5 where its owner states no other.
        file_hash: sha256 or md5 of the published file, as its owner states it; None if the owner
            states none.
        tensors_sha256: `tensors_digest` of the published file, to check it by where the owner
            states no hash.
        left_out: Beginnings of the names of layers of the file that are no part of our graph.
    """

    address: str
    license: str
    credit: str
    input: str
    files: Mapping[str, str]
    file_hash: str | None = None
    tensors_sha256: str | None = None
    left_out: tuple[str, ...] = ()


def _keras_entry(
    address: str, md5: str, license_: str, credit: str, scaling: str, *left_out: str
) -> PretrainedWeights:
    """An entry of `keras.applications`: its source states an md5 of each file."""
    return PretrainedWeights(
        address=address,
        license=license_,
        credit=credit,
        input=f"{scaling}, any interpolation",
        files={address.rpartition("/")[2]: md5},
        file_hash=md5,
        left_out=left_out,
    )


AND = "+"  # between keys: the average of both
RANDOM = "random"  # in the place of a key: no starting point at all, for trials and tests

CATALOGUE: dict[str, PretrainedWeights] = {
    "mobilenet-imagenet": PretrainedWeights(
        address=f"{_KERAS}/mobilenet/mobilenet_1_0_224_tf_no_top.h5",
        license="Apache-2.0",
        credit="MobileNet 1.0/224, © Google, trained on ImageNet",
        input="RGB, 0..255 scaled to -1..1, any interpolation",
        files={
            "mobilenet_imagenet_no_top.weights.h5": (
                "e5b1276e3c2478140432c5f93cb9ea2fd8a36bca97a7f3a57d7e305baabff5a7"
            ),
        },
        tensors_sha256="d2e90612f98ae2f2d18b73238ab3a3c342cd9c9fc78a6c7a8ee1cf4b997addd0",
    ),
    "vgg16-imagenet": PretrainedWeights(
        address=f"{_KERAS}/vgg16/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
        license="CC-BY-4.0",
        credit="VGG16, Visual Geometry Group, University of Oxford, trained on ImageNet",
        input="BGR, 0..255 minus the ImageNet means, any interpolation",
        files={
            # The same values, rounded to float16.
            "vgg16_imagenet_no_top.weights.h5": (
                "65c4f9c6baa882e8104eccf4e474dd55b5824d87497c0fb6229aec2dd54d1d26"
            ),
        },
        file_hash="6d6bbae143d832006294945121d1f1fc",  # keras/src/applications/vgg16.py
    ),
    "resnet50-imagenet": _keras_entry(
        f"{_KERAS}/resnet/resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "4d473c1dd8becc155b73f8504c6f6626",  # keras/src/applications/resnet.py
        "MIT",
        "ResNet50, Kaiming He et al., trained on ImageNet",
        "BGR, 0..255 minus the ImageNet means",
    ),
    "mobilenet-v3-small-imagenet": _keras_entry(
        f"{_KERAS}/mobilenet_v3/weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5",
        "d3e8ec802a04aa4fc771ee12a9a9b836",  # keras/src/applications/mobilenet_v3.py
        "Apache-2.0",
        "MobileNetV3 small 1.0/224, © Google, trained on ImageNet",
        "RGB, 0..255 scaled to -1..1",
    ),
    "mobilenet-v3-large-imagenet": _keras_entry(
        f"{_KERAS}/mobilenet_v3/weights_mobilenet_v3_large_224_1.0_float_no_top_v2.h5",
        "07fb09a5933dd0c8eaafa16978110389",  # keras/src/applications/mobilenet_v3.py
        "Apache-2.0",
        "MobileNetV3 large 1.0/224, © Google, trained on ImageNet",
        "RGB, 0..255 scaled to -1..1",
    ),
    "efficientnet-b0-imagenet": _keras_entry(
        f"{_KERAS_NEW}/efficientnetb0_notop.h5",
        "50bc09e76180e00e4465e1a485ddc09d",  # keras/src/applications/efficientnet.py
        "Apache-2.0",
        "EfficientNet-B0, © Google, trained on ImageNet",
        "RGB, 0..1 minus the ImageNet means, divided by the standard deviations",
        "normalization",
    ),
    "nima-mobilenet-ava": PretrainedWeights(
        address=f"{_IDEALO}/MobileNet/weights_mobilenet_aesthetic_0.07.hdf5",
        license="Apache-2.0",
        credit="NIMA MobileNet trained on AVA, © 2018 idealo internet GmbH",
        input="RGB, 0..255 scaled to -1..1, nearest-neighbour interpolation",
        files={
            "nima_mobilenet_ava.hdf5": (
                "e563ad91b3d47410e45f7238f07ab8f6abd1bd0c4b18a4b0af9c681a21a91cb2"
            ),
        },
        # The git blob 003fb321ce92445e41d708144a3656589f9214e7 of that repository.
        file_hash="e563ad91b3d47410e45f7238f07ab8f6abd1bd0c4b18a4b0af9c681a21a91cb2",
    ),
}


def pretrained_tensors(key: str) -> Tensors:
    """Return the checked tensors of a starting point.

    Args:
        key: A key of `CATALOGUE`, or a model as `stayrank_models.artifacts.find` takes it.

    Raises:
        WeightsError: If there is no such entry or model, or its file cannot be obtained or is not
            the one that the catalogue names.
    """
    if key not in CATALOGUE:
        return read_tensors(_model(key).read(WEIGHTS))
    entry = CATALOGUE[key]
    folder = os.environ.get(FOLDER_VARIABLE)
    content = _local(entry, Path(folder)) if folder else None
    tensors = read_tensors(content if content is not None else _download(key, entry))
    published = content is None and entry.tensors_sha256
    if published and tensors_digest(tensors) != entry.tensors_sha256:
        raise WeightsError(f"{entry.address}: its values are not those that the catalogue names")
    return {
        layer: values for layer, values in tensors.items() if not layer.startswith(entry.left_out)
    }


def credit_of(key: str) -> tuple[str, str]:
    """Whom to name for a starting point, and its licence; `RANDOM` is nobody's.

    Args:
        key: A key of `CATALOGUE`, a model, or `RANDOM`; or several, with `AND` between.

    Raises:
        WeightsError: If there is no such entry or model, or their licences differ.
    """
    if AND in key:
        credits_, licenses = zip(*map(credit_of, key.split(AND)), strict=True)
        if len(set(licenses)) > 1:
            raise WeightsError(f"{key}: the licences differ: {', '.join(licenses)}")
        return f"the average of {' and '.join(credits_)}", licenses[0]
    if key == RANDOM:
        return "random weights", "Apache-2.0"
    if key not in CATALOGUE:
        manifest = _model(key).manifest
        start = manifest.training.get("start")
        origin = f", that began from {credit_of(start)[0]}" if start else ""
        return f"StayRank's {manifest.name} {manifest.version}{origin}", manifest.license
    return CATALOGUE[key].credit, CATALOGUE[key].license


def _model(key: str) -> Artifact:
    try:
        return find(key)
    except ArtifactError as error:
        raise WeightsError(
            f"no starting weights {key!r}; there are: {', '.join(CATALOGUE)}, and installed models "
            f"({error})"
        ) from error


def tensors_digest(tensors: Tensors) -> str:
    """sha256 over the values of all tensors, whatever file layout and order they came in."""
    each = sorted(
        hashlib.sha256(repr(value.shape).encode() + value.tobytes()).digest()
        for values in tensors.values()
        for value in values
    )
    return hashlib.sha256(b"".join(each)).hexdigest()


def _local(entry: PretrainedWeights, folder: Path) -> bytes | None:
    for name, expected in entry.files.items():
        path = folder / name
        if not path.is_file():
            continue
        content = path.read_bytes()
        kind = "sha256" if len(expected) == 64 else "md5"
        actual = hashlib.new(kind, content, usedforsecurity=False).hexdigest()
        if actual != expected:
            raise WeightsError(f"{path}: {kind} is {actual}, the catalogue says {expected}")
        return content
    return None


def _download(key: str, entry: PretrainedWeights) -> bytes:
    import keras

    try:
        path = keras.utils.get_file(
            origin=entry.address, file_hash=entry.file_hash, cache_subdir="stayrank"
        )
        return Path(path).read_bytes()
    except Exception as error:  # get_file raises what the network and the disk raise
        names = " or ".join(entry.files)
        raise WeightsError(
            f"the weights {key!r} are needed. Either put {names} into a folder and set "
            f"{FOLDER_VARIABLE} to it, or allow the download of {entry.address} ({error})"
        ) from error
