"""An artifact: one version of one model as a folder of checked files.

    <name>/<version>/
        manifest.json       architecture, labels, preprocessing, calibration, sha256 of all others
        model.weights.h5    Keras weights; the architecture is built in code
        openvino/model.xml  the same model for OpenVINO (with model.bin)
        openvino/int8.xml   the same in whole numbers (with int8.bin), where that passes parity
        golden.json         what it answers on the sample photos
        README.md           the model card

The manifest is the root of trust: its own sha256 names the artifact in every answer. Nothing in
an artifact is executed or unpickled, and no file is read that the manifest does not pin.
"""

from __future__ import annotations

import copy
import hashlib
import json
from pathlib import Path
from typing import Self

from pydantic import ValidationError

from stayrank_common.errors import ArtifactError
from stayrank_common.schemas import ModelInfo
from stayrank_models.manifests import FastPrecision, Manifest, Task
from stayrank_models.versions import version_key

SHIPPED = Path(__file__).parent / "shipped"
DEFAULT_TAGGER = "tagger-mobilenet"
DEFAULT_AESTHETIC = "nima-mobilenet"
MANIFEST = "manifest.json"
CARD = "README.md"
GOLDEN = "golden.json"
WEIGHTS = "model.weights.h5"
OPENVINO = "openvino/model.xml"
OPENVINO_INT8 = "openvino/int8.xml"
_MANIFEST_MAX_BYTES = 2**20
_FILE_MAX_BYTES = 2**30


class Artifact:
    """A model folder whose manifest has been read and validated.

    Args:
        folder: The folder that holds `manifest.json`.

    Raises:
        ArtifactError: If the manifest is missing, too large, or not of the expected form.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / MANIFEST
        try:
            content = _content(folder, MANIFEST, _MANIFEST_MAX_BYTES)
            self.manifest = Manifest.model_validate(json.loads(content))
        except OSError as error:
            raise ArtifactError(f"{path}: {error.strerror}; is this a model folder?") from error
        except (ValidationError, ValueError, RecursionError) as error:
            raise ArtifactError(f"{path}: not a valid manifest: {error}") from error
        self.folder = folder
        self.sha256 = hashlib.sha256(content).hexdigest()

    def part(self, task: Task) -> Artifact:
        """The same files, with the manifest of one of the answers: see `Manifest.part`.

        Raises:
            ArtifactError: If this model does not give that answer.
        """
        part = copy.copy(self)
        part.manifest = self.manifest.part(task)
        return part

    @property
    def info(self) -> ModelInfo:
        """What answers say of their model."""
        return ModelInfo(
            name=self.manifest.name,
            version=self.manifest.version,
            sha256=self.sha256,
            duplicate_threshold=self.manifest.duplicate_threshold,
        )

    def read(self, name: str) -> bytes:
        """Return the content of a file of the artifact.

        The bytes that were checked are the bytes that are returned: nobody can swap the file
        between the check and the use.

        Args:
            name: Path within the folder, as in the manifest.

        Raises:
            ArtifactError: If the manifest does not list it, it is missing, leads out of the folder,
                is no plain file, is too large, or its checksum differs.
        """
        expected = self.manifest.files.get(name)
        path = self.folder / name
        if expected is None:
            raise ArtifactError(f"{self.folder / MANIFEST} lists no file {name!r}")
        try:
            content = _content(self.folder, name, _FILE_MAX_BYTES)
        except OSError as error:
            raise ArtifactError(f"{path}: {error.strerror}") from error
        actual = hashlib.sha256(content).hexdigest()
        if actual != expected:
            raise ArtifactError(f"{path}: sha256 is {actual}, the manifest says {expected}")
        return content

    def offering(self, precision: FastPrecision) -> Self:
        """Return the artifact as if its manifest recorded a precision: for judging it."""
        nothing: dict[str, float] = {}
        offered = {**self.manifest.precisions, precision: nothing}
        other = copy.copy(self)
        other.manifest = self.manifest.model_copy(update={"precisions": offered})
        return other

    def card(self) -> str:
        """Return the model card (Markdown with YAML front matter)."""
        return self.read(CARD).decode()


def _content(folder: Path, name: str, max_bytes: int) -> bytes:
    """A plain file of a folder: no link out of it, no pipe that never ends.

    Raises:
        ArtifactError: It is another thing, or larger than it may be.
        OSError: It cannot be read.
    """
    path = folder / name
    if not path.resolve(strict=True).is_relative_to(folder.resolve()):
        raise ArtifactError(f"{path}: a link that leads out of the artifact")
    if not path.is_file():
        raise ArtifactError(f"{path}: not a plain file")
    with path.open("rb") as file:
        content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise ArtifactError(f"{path}: larger than {max_bytes:,} bytes")
    return content


def shipped(root: Path = SHIPPED) -> list[Artifact]:
    """Return the artifacts that come with this package, by name, then from old to new."""
    return [Artifact(folder) for folder in _folders(root)]


def find(reference: str, root: Path = SHIPPED) -> Artifact:
    """Find an artifact.

    Args:
        reference: `name` (its newest version), `name:version`, or the path of a folder.
        root: Where named artifacts lie.

    Raises:
        ArtifactError: If there is none.
    """
    if "/" in reference or Path(reference).is_dir():
        return Artifact(Path(reference))
    name, _, version = reference.partition(":")
    candidates = _folders(root)
    matching = [c for c in candidates if c.parent.name == name and version in ("", c.name)]
    if not matching:
        known = ", ".join(f"{c.parent.name}:{c.name}" for c in candidates) or "none"
        raise ArtifactError(f"no model {reference!r}; installed are: {known}")
    return Artifact(matching[-1])


def _folders(root: Path) -> list[Path]:
    """The artifacts below a folder, by name, then from old to new."""
    found = (path.parent for path in root.glob(f"*/*/{MANIFEST}"))
    return sorted(found, key=lambda folder: (folder.parent.name, version_key(folder.name)))
