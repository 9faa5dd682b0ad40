"""Train a tagger: the steps in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras
import numpy as np

from stayrank_common.errors import DatasetError
from stayrank_models.exporting import export_artifact, round_kernels
from stayrank_models.heads import embedding_model
from stayrank_models.loading import load_start
from stayrank_models.predictors import with_temperature
from stayrank_models.tagger import build_tagger
from stayrank_models.weights import CATALOGUE
from stayrank_training import cards
from stayrank_training.data.photos import TaggedPhoto, content_digest, read_photos
from stayrank_training.data.splits import fold_numbers
from stayrank_training.evaluation.tagging import evaluate
from stayrank_training.features import cached_features, load_pixels
from stayrank_training.fitting import (
    Examples,
    both_ways,
    cross_fit_head,
    finetune,
    fit_head,
    head_probabilities,
)
from stayrank_training.rejection import NO_OUTPUT, calibrate, rejection_rates
from stayrank_training.runs import Run, artifact_folder, library_versions, write_run

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from stayrank_common.taxonomy import Taxonomy
    from stayrank_models.artifacts import TaggingCalibration
    from stayrank_training.recipe import TaggerRecipe


def train(recipe: TaggerRecipe, data: Path, out: Path) -> Run:
    """Train a tagger and write its run folder.

    Args:
        recipe: `TaggerRecipe.load(path, overrides)`.
        data: The data folder; `recipe.photos` is a folder in it.
        out: The run folder to write: `recipe.resolved.toml`, `metrics.json`, `run.json`
            (library versions, hash of the data), `artifact/<name>/<version>/`, and `cache/`.

    Returns:
        The run: `run.folder`, `run.artifact` (folder) and `run.metrics` (measured on test).

    Raises:
        DatasetError: If the data is unusable.
        WeightsError: If the starting weights cannot be had.
    """
    photos = read_photos(data / recipe.photos)
    taxonomy = recipe.taxonomy
    classes = len(taxonomy.labels + taxonomy.unrelated)
    folders = np.array([photo.tag for photo in photos])
    truth = np.array(
        [NO_OUTPUT if (output := taxonomy.output(f)) is None else output for f in folders]
    )
    splits = np.array([photo.split for photo in photos])
    folds = _folds(photos, splits, recipe)
    _check(splits, truth, taxonomy)
    keras.utils.set_random_seed(recipe.seed)  # the last layer begins at random
    model = build_tagger(
        recipe.start.backbone,
        classes,
        recipe.start.dropout,
        height=recipe.preprocessing.height,
        width=recipe.preprocessing.width,
    )
    load_start(model, recipe.start.weights)
    round_kernels(model)  # features, calibration and metrics are to be those of what ships
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=recipe.label_smoothing)
    weights = _weights(photos, truth, classes, recipe)
    targets = _targets(truth, classes)
    paths = [photo.path for photo in photos]
    frozen = embedding_model(model)
    plain, mirrored = (
        cached_features(frozen, paths, recipe.preprocessing, out / "cache", mirrored=flag)
        for flag in (False, True)
    )
    features = Examples(plain, targets, weights)

    if recipe.finetune.epochs:
        pixels = load_pixels(paths, recipe.preprocessing)
        val = (folds == 0) & (weights > 0)
        fit = (folds != 0) & (weights > 0)
        fit_head(
            model,
            both_ways(features, mirrored, fit),
            features.chosen(val),
            loss,
            recipe.head,
            seed=recipe.seed,
        )
        examples = Examples(pixels, targets, weights)
        finetune(
            model,
            examples.chosen(fit),
            examples.chosen(val),
            loss,
            recipe.finetune,
            seed=recipe.seed,
            checkpoint=out / "checkpoints" / "best.weights.h5",
        )
        round_kernels(model)
        raw = np.asarray(model.predict(pixels, batch_size=32, verbose=0))
        judged, unseen = folds == 0, raw
    else:
        unseen = cross_fit_head(
            model, features, mirrored, folds, loss, recipe.head, seed=recipe.seed
        )
        raw = head_probabilities(model, plain)
        judged = folds >= 0

    calibration = calibrate(
        unseen[judged],
        truth[judged],
        taxonomy,
        kept_share=recipe.kept_share,
        false_accept=recipe.false_accept,
    )
    test = splits == "test"
    validation, metrics = (
        _measure(raw_of[mask], truth[mask], folders[mask], taxonomy, calibration)
        for raw_of, mask in ((unseen, judged), (raw, test))
    )
    digest = content_digest(photos)
    facts = {
        "name": recipe.name,
        "version": recipe.version,
        "task": "tagging",
        "architecture": {"backbone": recipe.start.backbone, "dropout": recipe.start.dropout},
        "labels": taxonomy.labels,
        "unrelated": taxonomy.unrelated,
        "preprocessing": recipe.preprocessing,
        "calibration": calibration,
        "license": CATALOGUE[recipe.start.weights].license,
        "training": {
            "photos": int((weights > 0).sum()),
            "data_sha256": digest,
            "start": recipe.start.weights,
            "recipe": recipe.model_dump(mode="json"),
            "libraries": library_versions(),
        },
        "metrics": metrics,
    }
    card = cards.tagger_card(recipe, metrics, photos=int((weights > 0).sum()))
    export_artifact(model, artifact_folder(out, recipe), facts, card)
    return write_run(out, recipe, digest, metrics, validation)


def _folds(
    photos: list[TaggedPhoto], splits: NDArray[np.str_], recipe: TaggerRecipe
) -> NDArray[np.intp]:
    """`(photos,)`: the fold of each training photo of a hotel, −1 for all others.

    Scene sets' own validation photos look like their training photos and carry as many wrong
    labels; only hotels that were not trained on tell how well hotels are tagged. Where no hotel
    is known, every training photo is dealt into a fold.
    """
    folds = fold_numbers(photos, recipe.folds, recipe.seed)
    hotels = np.array([bool(photo.hotel) for photo in photos]) & (splits == "train")
    folds[~hotels if hotels.any() else splits != "train"] = -1
    return folds


def _check(splits: NDArray[np.str_], truth: NDArray[np.intp], taxonomy: Taxonomy) -> None:
    labels = taxonomy.labels
    for split in ("train", "test"):
        if not ((splits == split) & (truth >= 0) & (truth < len(labels))).any():
            raise DatasetError(f"no photo of the split {split!r} shows one of: {', '.join(labels)}")
    for output, name in enumerate(labels + taxonomy.unrelated):
        if not ((splits == "train") & (truth == output)).any():
            raise DatasetError(f"there is no training photo of {name!r}; see its folders")


def _weights(
    photos: list[TaggedPhoto], truth: NDArray[np.intp], classes: int, recipe: TaggerRecipe
) -> NDArray[np.float32]:
    """`(photos,)`: how much each counts; 0 outside the training split."""
    weights = np.array(
        [(recipe.hotel_weight if p.hotel else 1) * (p.split == "train") for p in photos], np.float32
    )
    totals = np.array([weights[truth == index].sum() for index in range(classes)])
    share = np.maximum(totals, 1) / totals.mean()
    known = truth != NO_OUTPUT
    weights[known] *= share[truth[known]] ** -recipe.balance
    weights[~known] *= recipe.unknown_weight
    return weights


def _targets(truth: NDArray[np.intp], classes: int) -> NDArray[np.float32]:
    """`(photos, classes)`: one-hot; uniform where the area is none that is known.

    Reference:
        Hendrycks et al., "Deep Anomaly Detection with Outlier Exposure", ICLR 2019, section 3.
    """
    targets = np.full((len(truth), classes), 1 / classes, np.float32)
    known = truth != NO_OUTPUT
    targets[known] = np.eye(classes, dtype=np.float32)[truth[known]]
    return targets


def _measure(
    raw: NDArray[np.floating],
    truth: NDArray[np.intp],
    folders: NDArray[np.str_],
    taxonomy: Taxonomy,
    calibration: TaggingCalibration,
) -> dict[str, float]:
    labels = taxonomy.labels
    probabilities = with_temperature(raw, calibration.temperature)
    known = (truth >= 0) & (truth < len(labels))
    metrics = evaluate(probabilities[known, : len(labels)], truth[known], labels)
    return metrics | rejection_rates(probabilities, truth, folders.tolist(), taxonomy, calibration)
