"""Train a NIMA model: the steps in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from stayrank_common.errors import DatasetError
from stayrank_common.ratings import mean_score
from stayrank_models.artifacts import RATING_LABELS
from stayrank_models.exporting import export_artifact, round_kernels
from stayrank_models.heads import embedding_model
from stayrank_models.loading import load_start
from stayrank_models.losses import EarthMoversDistance
from stayrank_models.nima import build_nima
from stayrank_models.weights import CATALOGUE
from stayrank_training import cards
from stayrank_training.calibration import fit_aesthetics
from stayrank_training.data.photos import TaggedPhoto, content_digest, read_photos
from stayrank_training.data.splits import fold_numbers
from stayrank_training.data.votes import read_votes
from stayrank_training.evaluation.aesthetics import evaluate
from stayrank_training.features import cached_features, load_pixels
from stayrank_training.fitting import Examples, both_ways, cross_fit_head, finetune, fit_head
from stayrank_training.runs import Run, artifact_folder, library_versions, write_run

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from stayrank_training.recipe import AestheticRecipe


def train(recipe: AestheticRecipe, data: Path, out: Path) -> Run:
    """Train a NIMA model and write its run folder.

    Args:
        recipe: `AestheticRecipe.load(path, overrides)`.
        data: The data folder; `recipe.photos` and the label files are in it.
        out: The run folder to write: `recipe.resolved.toml`, `metrics.json`, `run.json`
            (library versions, hash of the data), `artifact/<name>/<version>/`, and `cache/`.

    Returns:
        The run: `run.folder`, `run.artifact` (folder) and `run.metrics` (measured on test).

    Raises:
        DatasetError: If the data is unusable.
        WeightsError: If the starting weights cannot be had.
    """
    photos, targets = _read(data / recipe.photos, data / recipe.train_labels)
    tests, test_targets = _read(data / recipe.photos, data / recipe.test_labels)
    _refuse_overlap(photos, tests)
    keras.utils.set_random_seed(recipe.seed)  # the last layer begins at random
    model = build_nima(
        recipe.start.backbone,
        recipe.start.dropout,
        height=recipe.preprocessing.height,
        width=recipe.preprocessing.width,
    )
    load_start(model, recipe.start.weights)
    round_kernels(model)  # features, calibration and metrics are to be those of what ships
    loss = EarthMoversDistance(r=recipe.r)
    weights = np.array([recipe.hotel_weight if p.hotel else 1 for p in photos], np.float32)
    folds = fold_numbers(photos, recipe.folds, recipe.seed)
    if len(set(folds.tolist())) < 2:
        raise DatasetError(f"{data}: too few photos or hotels to hold some out")
    paths = [photo.path for photo in photos]
    frozen = embedding_model(model)
    plain, mirrored = (
        cached_features(frozen, paths, recipe.preprocessing, out / "cache", mirrored=flag)
        for flag in (False, True)
    )
    features = Examples(plain, targets, weights)

    if recipe.finetune.epochs:
        judged = folds == 0
        fit_head(
            model,
            both_ways(features, mirrored, ~judged),
            features.chosen(judged),
            loss,
            recipe.head,
            seed=recipe.seed,
        )
        pixels = load_pixels(paths, recipe.preprocessing)
        examples = Examples(pixels, targets, weights)
        finetune(
            model,
            examples.chosen(~judged),
            examples.chosen(judged),
            loss,
            recipe.finetune,
            seed=recipe.seed,
            checkpoint=out / "checkpoints" / "best.weights.h5",
        )
        round_kernels(model)
        unseen = _predict(model, pixels)
    else:
        judged = folds >= 0
        unseen = cross_fit_head(
            model, features, mirrored, folds, loss, recipe.head, seed=recipe.seed
        )
        round_kernels(model)
    validation = evaluate(unseen[judged], targets[judged])
    test_pixels = load_pixels([photo.path for photo in tests], recipe.preprocessing)
    metrics = evaluate(_predict(model, test_pixels), test_targets)
    digest = content_digest([*photos, *tests])
    facts = {
        "name": recipe.name,
        "version": recipe.version,
        "task": "aesthetics",
        "architecture": {"backbone": recipe.start.backbone, "dropout": recipe.start.dropout},
        "labels": RATING_LABELS,
        "preprocessing": recipe.preprocessing,
        "calibration": fit_aesthetics(mean_score(unseen)),
        "license": CATALOGUE[recipe.start.weights].license,
        "training": {
            "photos": len(photos),
            "data_sha256": digest,
            "start": recipe.start.weights,
            "recipe": recipe.model_dump(mode="json"),
            "libraries": library_versions(),
            "ratings": cards.RATINGS_ORIGIN,
        },
        "metrics": metrics,
    }
    card = cards.aesthetics_card(recipe, metrics, photos=len(photos))
    export_artifact(model, artifact_folder(out, recipe), facts, card)
    return write_run(out, recipe, digest, metrics, validation)


def _read(folder: Path, labels: Path) -> tuple[list[TaggedPhoto], NDArray[np.float32]]:
    """The photos of a label file and their `(photos, 10)` rating distributions."""
    votes = read_votes(labels, folder)
    known = {photo.path: photo for photo in read_photos(folder)}
    strangers = [path for path in votes if path not in known]
    if strangers:
        raise DatasetError(f"{labels}: {strangers[0]} is not among the photos of {folder}")
    photos = [known[path] for path in votes]
    return photos, np.stack(list(votes.values())).astype(np.float32)


def _refuse_overlap(photos: Iterable[TaggedPhoto], tests: Iterable[TaggedPhoto]) -> None:
    test_hotels = {photo.hotel for photo in tests if photo.hotel}
    both = test_hotels & {photo.hotel for photo in photos}
    if both:
        raise DatasetError(f"hotels both to train and to report on: {', '.join(sorted(both))}")


def _predict(model: Any, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:  # noqa: ANN401
    return np.asarray(model.predict(pixels, batch_size=32, verbose=0), dtype=np.float32)
