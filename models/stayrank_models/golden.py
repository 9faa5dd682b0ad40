"""Golden values: what a model answers on known photos, so that a change of it shows.

{"tolerance": 0.005, "photos": {"<sha256 of the file>": {"name": "pool.jpg",
                                                         "probabilities": [...]}}}
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import numpy as np

from stayrank_common.errors import ArtifactError
from stayrank_common.images import SUFFIXES, open_image
from stayrank_models.artifacts import GOLDEN, Artifact
from stayrank_models.sealing import seal

if TYPE_CHECKING:
    from pathlib import Path

    from stayrank_models.engines import Engine

# Runtimes differ in the order of float32 sums, JPEG decoders in the last bit of a pixel.
TOLERANCE = 0.005
# Of faster precisions: what parity allows, on the scale of a probability.
_TOLERANCES = {"f16": 0.01, "bf16": 0.03, "int8": 0.03}


def make_golden(artifact: Artifact, engine: Engine, photos: Path) -> Artifact:
    """Write what a model answers on the photos of a folder into its artifact.

    Args:
        artifact: Its `golden.json` is replaced and its manifest sealed anew.
        engine: Runs the artifact in float32.
        photos: A folder of photos.

    Returns:
        The artifact as it is now, with another checksum.

    Raises:
        ArtifactError: If the folder holds no photo.
        PhotoError: If one of them cannot be decoded.
    """
    values = {
        digest: {"name": path.name, "probabilities": _answer(artifact, engine, path)}
        for digest, path in _by_content(photos).items()
    }
    if not values:
        raise ArtifactError(f"{photos}: no photo to make golden values from")
    content = json.dumps({"tolerance": TOLERANCE, "photos": values}, indent=1)
    (artifact.folder / GOLDEN).write_text(content + "\n", encoding="utf-8")
    return seal(artifact.folder, artifact.manifest, (GOLDEN,))


def check_golden(artifact: Artifact, engine: Engine, photos: Path) -> dict[str, float]:
    """Compare what a model answers now with its golden values.

    Args:
        artifact: Has a `golden.json`.
        engine: Runs the artifact; how much it may differ depends on its precision.
        photos: A folder with the same photos. Those that are not there are passed over.

    Returns:
        Photo → the largest difference of a probability.

    Raises:
        ArtifactError: If a difference exceeds the tolerance, or no photo was found at all.
    """
    golden = json.loads(artifact.read(GOLDEN))
    differences: dict[str, float] = {}
    for digest, path in _by_content(photos).items():
        if expected := golden["photos"].get(digest):
            gap = np.subtract(_answer(artifact, engine, path), expected["probabilities"])
            differences[path.name] = float(np.abs(gap).max())
    if not differences:
        raise ArtifactError(f"{photos}: none of the photos that golden.json knows")
    worst = max(differences, key=lambda name: differences[name])
    tolerance = _TOLERANCES.get(engine.description["precision"], golden["tolerance"])
    if differences[worst] > tolerance:
        raise ArtifactError(
            f"{artifact.manifest.name}: {worst} differs by {differences[worst]:.4f} from its "
            f"golden value, at most {tolerance} is allowed"
        )
    return differences


def _by_content(folder: Path) -> dict[str, Path]:
    """sha256 → photo, of a folder."""
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    return {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in paths}


def _answer(artifact: Artifact, engine: Engine, path: Path) -> list[float]:
    pixels = open_image(path, artifact.manifest.preprocessing).pixels
    return [round(float(p), 5) for p in engine.predict(pixels[None]).probabilities[0]]
