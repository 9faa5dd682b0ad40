"""The folder of a training run: what went in, what came out, enough to repeat it."""

from __future__ import annotations

import importlib.metadata
import json
import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from stayrank_training.recipe import Recipe

_LIBRARIES = ("keras", "tensorflow", "numpy", "pillow", "openvino", "h5py")


@dataclass(frozen=True, slots=True)
class Run:
    """A finished training run.

    Args:
        folder: Of the run.
        artifact: Folder of the artifact, `<run>/artifact/<name>/<version>`.
        metrics: Measured on the test split.
    """

    folder: Path
    artifact: Path
    metrics: dict[str, float]


def library_versions() -> dict[str, str]:
    """Python's version, and that of each library that can change the outcome."""
    versions = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


def artifact_folder(out: Path, recipe: Recipe) -> Path:
    """Where a run puts its artifact."""
    return out / "artifact" / recipe.name / recipe.version


def write_run(
    out: Path,
    recipe: Recipe,
    data_sha256: str,
    metrics: dict[str, float],
    validation: dict[str, float],
) -> Run:
    """Write the records of a run beside its artifact.

    Args:
        out: The run folder.
        recipe: As it was used.
        data_sha256: Of the dataset, see `content_digest`.
        metrics: Measured on test.
        validation: Measured on validation photos.
    """
    out.mkdir(parents=True, exist_ok=True)
    (out / "recipe.resolved.toml").write_text(recipe.to_toml(), encoding="utf-8")
    _write_json(out / "metrics.json", {"test": metrics, "validation": validation})
    _write_json(out / "run.json", {"libraries": library_versions(), "data_sha256": data_sha256})
    return Run(out, artifact_folder(out, recipe), metrics)


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
