"""Out-of-fold probabilities: what a model says about photos whose hotels it has not seen.

By default a logistic regression on the features of the frozen start backbone: minutes on a CPU,
and hard to talk into learning wrong labels by heart.
"""

from __future__ import annotations

import csv
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression

from stayrank_common.errors import DatasetError
from stayrank_common.images import Preprocessing
from stayrank_training.data.folds import folds_by_name
from stayrank_training.data.groups import group_names
from stayrank_training.progress import tracked

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from stayrank_training.data.manifests import Manifest

_START = "mobilenet-imagenet"
_STEPS = 1000  # L-BFGS on 1024 features needs a few hundred
_TOLERANCE = 0.01  # how far a row of probabilities may be from summing to 1


@dataclass(frozen=True, slots=True, eq=False)
class OutOfFold:
    """Probabilities of photos, given by models that saw no photo of the same group.

    Args:
        files: The photos.
        classes: The columns.
        probabilities: `(photos, classes)`, each row summing to 1.
    """

    files: list[str]
    classes: list[str]
    probabilities: NDArray[np.float64]


def frozen_features(manifest: Manifest, cache: Path) -> NDArray[np.float32]:
    """`(photos, 1024)` features of the frozen start backbone; kept in the folder `cache`.

    Raises:
        DatasetError: If a photo cannot be decoded.
        WeightsError: If the starting weights cannot be had.
    """
    from stayrank_models.heads import embedding_model
    from stayrank_models.loading import load_start
    from stayrank_models.tagger import build_tagger
    from stayrank_training.features import readable_features

    model = build_tagger("mobilenet")
    load_start(model, _START)
    frozen, paths = embedding_model(model), manifest.paths()
    features, unreadable = readable_features(frozen, paths, Preprocessing(), cache)
    for path, reason in unreadable.items():
        raise DatasetError(f"{path}: {reason}")
    return features


def cross_predict(
    table: pd.DataFrame, features: NDArray[np.floating], folds: int, seed: int
) -> OutOfFold:
    """Fit a classifier for each fold on all others, and ask it about the fold.

    Args:
        table: The photos: `file`, `tag`, and as far as known `property` and `cluster`, whose
            groups lie in one fold as a whole.
        features: `(photos, channels)`.
        folds: How many.
        seed: Of the folds.

    Returns:
        Photos whose class stands in their own fold alone are left out: no model could know it.

    Raises:
        DatasetError: If a fold would leave fewer than two classes to learn.
    """
    tags = table["tag"].to_numpy(dtype=object)
    classes = sorted(set(tags))
    fold = folds_by_name(group_names(table), folds, seed)
    probabilities = np.zeros((len(table), len(classes)))
    for number in tracked(range(folds), folds, "folds"):
        held = fold == number
        known = set(tags[~held])
        if len(known) < 2:
            raise DatasetError(f"{folds} folds of {len(set(fold))} leave fewer than two classes")
        if held.any():
            model = LogisticRegression(max_iter=_STEPS).fit(features[~held], tags[~held])
            columns = [classes.index(tag) for tag in model.classes_]
            probabilities[np.ix_(held, columns)] = model.predict_proba(features[held])
            # Of a class that this model never saw it cannot say anything.
            probabilities[held & ~np.isin(tags, list(known))] = 0
    judged = probabilities.any(axis=1)
    files = table["file"].to_numpy(dtype=object)[judged].tolist()
    return OutOfFold(files, classes, probabilities[judged])


def read_probabilities(path: Path) -> OutOfFold:
    """Read out-of-fold probabilities of a model of one's own.

    Args:
        path: `.npz` with `files`, `classes` and `probabilities` `(photos, classes)`; or a CSV
            file with the column `file` and a column for each class.

    Raises:
        DatasetError: If it is malformed, or a row is no distribution.
    """
    try:
        read = _read_npz(path) if path.suffix == ".npz" else _read_csv(path)
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror or error}") from error
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise DatasetError(
            f"{path}: expected files, classes and probabilities (.npz), or a CSV file with `file` "
            f"and a column for each class: {error}"
        ) from error
    values = read.probabilities
    if values.shape != (len(read.files), len(read.classes)):
        expected = (len(read.files), len(read.classes))
        raise DatasetError(f"{path}: expected probabilities of shape {expected}: {values.shape}")
    good = (values >= 0).all(axis=1) & (abs(values.sum(axis=1) - 1) <= _TOLERANCE)
    if not good.all():
        first = read.files[int(np.argmin(good))]
        raise DatasetError(f"{path}: the probabilities of {first} are no distribution")
    if len(set(read.files)) < len(read.files):
        raise DatasetError(f"{path}: a file stands there twice")
    return read


def write_probabilities(path: Path, answer: OutOfFold) -> None:
    """Write probabilities as `.npz`, of the form that `read_probabilities` reads."""
    with path.open("wb") as file:
        np.savez_compressed(
            file,
            files=np.array(answer.files, dtype=np.str_),
            classes=np.array(answer.classes, dtype=np.str_),
            probabilities=answer.probabilities,
        )


def _read_npz(path: Path) -> OutOfFold:
    with np.load(path, allow_pickle=False) as arrays:
        return OutOfFold(
            [str(file) for file in arrays["files"]],
            [str(name) for name in arrays["classes"]],
            np.asarray(arrays["probabilities"], dtype=np.float64),
        )


def _read_csv(path: Path) -> OutOfFold:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, restval="")
        rows = list(reader)
        classes = [name for name in reader.fieldnames or [] if name != "file"]
    values = [[float(row[name]) for name in classes] for row in rows]
    shape = (len(rows), len(classes))
    return OutOfFold([row["file"] for row in rows], classes, np.reshape(values, shape))
