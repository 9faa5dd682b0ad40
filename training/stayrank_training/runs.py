"""The folder of a training run: what went in, what came out, enough to repeat it.

recipe.resolved.toml    every value that was used
run.json                library versions, hash of the data, what was dropped and why
checkpoints/            one file a phase; an interrupted run goes on from there
curves.csv, curves.png  losses, metrics and rates, epoch by epoch
metrics.json            measured on test and on validation photos
out_of_fold.npz         of a cross-fitted run: what models say of photos that they have not seen
artifact/               the model
cache/, tensorboard/    features; event files
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from stayrank_common.errors import DatasetError
from stayrank_models.exporting import export_artifact
from stayrank_models.weights import credit_of
from stayrank_training.checkpoints import read_rows
from stayrank_training.curves import draw_curves, write_rows
from stayrank_training.data.out_of_fold import OutOfFold, write_probabilities

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from stayrank_training.data.photos import TaggedPhoto
    from stayrank_training.recipe import Recipe

Dropped = dict[str, int | dict[str, str]]

_LIBRARIES = ("keras", "tensorflow", "jax", "numpy", "pillow", "openvino", "h5py")
_RECIPE = "recipe.resolved.toml"
_RECORD = "run.json"


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


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The folder of a run that is under way.

    Args:
        folder: Of the run.
        recipe: That it follows.
        data_sha256: Of the dataset, see `content_digest`.
        dropped: Why photos are not learnt from → how many they are, and which.
    """

    folder: Path
    recipe: Recipe
    data_sha256: str
    dropped: dict[str, Dropped] = field(default_factory=dict)

    def refuse_other(self) -> None:
        """Check that the folder is free, or holds an interrupted run of the same recipe and data.

        Raises:
            DatasetError: If it holds a run of another recipe or of other data.
        """
        if (self.folder / _RECIPE).is_file():
            _refuse_other(self.folder, self.recipe, self.data_sha256)

    def claim(self) -> None:
        """Begin a run, or go on with an interrupted one.

        Raises:
            DatasetError: As `refuse_other`.
        """
        self.refuse_other()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.write_record()
        (self.folder / _RECIPE).write_text(self.recipe.to_toml(), encoding="utf-8")

    def checkpoint(self, phase: str) -> Path:
        """The file that keeps the state of a phase."""
        return self.folder / "checkpoints" / f"{phase}.npz"

    def drop(self, why: str, photos: int, files: Mapping[str, str] | None = None) -> None:
        """Record how many photos are not learnt from, why, and optionally which."""
        if photos:
            self.dropped[why] = {"photos": photos, **({"files": dict(files)} if files else {})}

    def write_record(self) -> None:
        """Write `run.json`."""
        record = {
            "libraries": library_versions(),
            "backend": keras.backend.backend(),
            "data_sha256": self.data_sha256,
            "dropped": self.dropped,
        }
        _write_json(self.folder / _RECORD, record)

    def write_curves(self) -> None:
        """Write `curves.csv` and `curves.png` from the checkpoints of all phases."""
        checkpoints = (self.folder / "checkpoints").glob("*.npz")
        paths = sorted(checkpoints, key=lambda path: (not path.stem.startswith("head"), path.stem))
        rows = [{"phase": path.stem, **row} for path in paths for row in read_rows(path)]
        write_rows(self.folder / "curves.csv", rows)
        draw_curves(self.folder / "curves.png", rows)

    def write_out_of_fold(
        self,
        photos: Sequence[TaggedPhoto],
        said: NDArray[np.float32],
        knows: NDArray[np.bool_],
    ) -> None:
        """Write `out_of_fold.npz`, which `stayrank data clean` and a recipe's teacher read.

        Args:
            photos: In the order of the rows.
            said: `(photos, classes)` raw probabilities.
            knows: `(photos,)` whether a row says anything.
        """
        files = [photo.file for photo, known in zip(photos, knows, strict=True) if known]
        answer = OutOfFold(files, list(self.recipe.classes), said[knows].astype(np.float64))
        write_probabilities(self.folder / "out_of_fold.npz", answer)

    def write_metrics(self, **metrics: object) -> None:
        """Write `metrics.json`."""
        _write_json(self.folder / "metrics.json", metrics)

    def finish(
        self,
        model: Any,  # noqa: ANN401
        facts: Mapping[str, Any],
        card: str,
        metrics: dict[str, float],
        validation: dict[str, float],
    ) -> Run:
        """Write the artifact and the metrics.

        Args:
            model: Trained.
            facts: Of the manifest: `task`, `labels`, `calibration` and what is special to the
                task; `training` is completed.
            card: The model card.
            metrics: Measured on test.
            validation: Measured on validation photos.
        """
        recipe = self.recipe
        training = {
            "data_sha256": self.data_sha256,
            "start": recipe.start.weights,
            "recipe": recipe.model_dump(mode="json", exclude_none=True),
            "libraries": library_versions(),
            "backend": keras.backend.backend(),
        }
        complete = {
            **facts,
            "name": recipe.name,
            "version": recipe.version,
            "architecture": recipe.architecture,
            "preprocessing": recipe.preprocessing,
            "license": credit_of(recipe.start.weights)[1],
            "training": {**training, **facts["training"]},
            "metrics": metrics,
        }
        artifact = self.folder / "artifact" / recipe.name / recipe.version
        export_artifact(model, artifact, complete, card)
        self.write_metrics(test=metrics, validation=validation)
        return Run(self.folder, artifact, metrics)


def read_dropped(folder: Path) -> dict[str, int]:
    """Why photos were not learnt from → how many, of the run in a folder."""
    record = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
    return {why: dropped["photos"] for why, dropped in record["dropped"].items()}


def library_versions() -> dict[str, str]:
    """Python's version, and that of each library that can change the outcome."""
    versions = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


def _refuse_other(folder: Path, recipe: Recipe, data_sha256: str) -> None:
    way_out = "choose another folder, or remove this one"
    try:
        before = _flat(tomllib.loads((folder / _RECIPE).read_text(encoding="utf-8")))
        data_before = json.loads((folder / _RECORD).read_text(encoding="utf-8"))["data_sha256"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{folder}: its records are broken ({error}); {way_out}") from error
    now = _flat(tomllib.loads(recipe.to_toml()))
    other = sorted(k for k in before.keys() | now.keys() if before.get(k) != now.get(k))
    if other:
        raise DatasetError(
            f"{folder}: holds a run of another recipe ({', '.join(other)} changed); {way_out}"
        )
    if data_before != data_sha256:
        raise DatasetError(f"{folder}: holds a run on other photos or labels; {way_out}")


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            flat.update(_flat(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
