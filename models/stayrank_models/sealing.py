"""The manifest of an artifact, written anew after files of it have changed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from stayrank_models.artifacts import MANIFEST, Artifact
from stayrank_models.manifests import Manifest

if TYPE_CHECKING:
    from pathlib import Path


def seal(folder: Path, manifest: Manifest, names: tuple[str, ...]) -> Artifact:
    """Write a manifest that pins the given files of the folder, and those it pinned before.

    Args:
        folder: Of the artifact.
        manifest: What to write; its `files` are kept and completed.
        names: Paths within the folder whose content is new.
    """
    fresh = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    files = dict(sorted({**manifest.files, **fresh}.items()))
    sealed = manifest.model_copy(update={"files": files})
    text = sealed.model_dump_json(indent=2) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    return Artifact(folder)
