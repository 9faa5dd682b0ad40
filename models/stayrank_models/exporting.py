"""An artifact folder from a trained Keras model.

Large kernels are rounded to float16, which halves the files, and everything is derived from the
rounded weights, so that both runtimes start from the same numbers. Small tensors stay in float32:
they are half a megabyte in all, and the depthwise kernels and the statistics of MobileNet amplify
what rounding does to them (all of it in float16 moves mean scores by 0.02 points, this by 0.002).
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from stayrank_common.errors import ArtifactError
from stayrank_models.artifacts import CARD, OPENVINO, WEIGHTS, Artifact
from stayrank_models.converting import LARGE, write_openvino
from stayrank_models.heads import serving_model
from stayrank_models.manifests import Manifest
from stayrank_models.sealing import seal

if TYPE_CHECKING:
    from collections.abc import Mapping


def export_artifact(model: Any, folder: Path, facts: Mapping[str, Any], card: str) -> Artifact:  # noqa: ANN401
    """Write an artifact.

    Args:
        model: What `build_classifier` returned, trained. Its large kernels are rounded in place.
        folder: To write to; files of an earlier export are replaced.
        facts: The fields of `Manifest` but `files`.
        card: The model card: Markdown with YAML front matter.

    Returns:
        The artifact, validated.

    Raises:
        ArtifactError: If a kernel does not fit into float16.
        pydantic.ValidationError: If a fact is missing or malformed.
    """
    manifest = Manifest.model_validate({**facts, "files": {}})
    round_kernels(model)
    served = serving_model(model)
    (folder / OPENVINO).parent.mkdir(parents=True, exist_ok=True)
    _write_weights(served, folder / WEIGHTS)
    (folder / CARD).write_text(card, encoding="utf-8")
    artifact = seal(folder, manifest, (WEIGHTS, CARD))
    write_openvino(artifact, served)
    return seal(folder, artifact.manifest, (OPENVINO, OPENVINO.replace(".xml", ".bin")))


def round_kernels(model: Any) -> None:  # noqa: ANN401
    """Round large weights to what float16 can hold.

    Raises:
        ArtifactError: If a value is too large for float16.
    """
    for variable in model.weights:
        value = np.asarray(variable.value, dtype=np.float32)
        if value.size < LARGE:
            continue
        with np.errstate(over="ignore"):  # said below, with the name
            small = value.astype(np.float16)
        if not np.isfinite(small).all():
            raise ArtifactError(f"{variable.path}: does not fit into float16")
        variable.assign(small.astype(np.float32))


def _write_weights(served: Any, path: Path) -> None:  # noqa: ANN401
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / WEIGHTS
        served.save_weights(full)
        # A process that another thread began meanwhile may hold the file, and with it HDF5's lock.
        with h5py.File(full, "r", locking=False) as source, h5py.File(path, "w") as target:

            def copy(name: str, item: h5py.Group | h5py.Dataset) -> None:
                if isinstance(item, h5py.Dataset):
                    value = item[()]
                    target[name] = value.astype(np.float16) if value.size >= LARGE else value
                else:
                    target.require_group(name).attrs.update(item.attrs)

            source.visititems(copy)
