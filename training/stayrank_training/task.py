"""What a model is to learn, whichever it is: photos, targets, how much each counts, folds."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from stayrank_common.errors import DatasetError
from stayrank_models.heads import embedding_model
from stayrank_training.examples import Examples
from stayrank_training.features import MIRRORED, random_change, readable_features

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from stayrank_training.data.photos import TaggedPhoto
    from stayrank_training.recipe import Recipe

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What to learn from which photos. All arrays are in the order of the photos.

    Args:
        labels: `(photos, classes)` float32, what each is known to be, for judging.
        targets: `(photos, classes)` float32, what to answer: the labels, or softer ones.
        weights: `(photos,)` float32, how much each counts; 0 is not learnt from.
        labelled: `(photos,)` whether `labels` says anything.
        folds: `(photos,)` number of the fold that holds it out; −1: never held out.
        judges: `(photos,)` whether it tells, held out, how good a model is. Photos of hotels do;
            those of scene sets look like what was learnt from them.
        loss: A Keras loss.
        metrics: Classes of the Keras metrics that stand beside the loss in the curves.
        left_out: Why photos are not learnt from → how many.
    """

    labels: NDArray[np.float32]
    targets: NDArray[np.float32]
    weights: NDArray[np.float32]
    labelled: NDArray[np.bool_]
    folds: NDArray[np.intp]
    judges: NDArray[np.bool_]
    loss: Any
    metrics: tuple[Callable[[], Any], ...] = ()
    left_out: dict[str, int] = field(default_factory=dict)

    def stopping(self, fold: int) -> NDArray[np.bool_]:
        """`(photos,)`: the photos of a fold that tell when to stop."""
        return np.asarray((self.folds == fold) & (self.weights > 0) & self.labelled & self.judges)

    def learnt(self, fold: int | None) -> NDArray[np.bool_]:
        """`(photos,)`: the photos to learn from while a fold is held out, or none is."""
        counts = self.weights > 0
        return np.asarray(counts if fold is None else counts & (self.folds != fold))


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """Features of photos as they are, and of changed copies to learn from as well.

    Args:
        plain: `(photos, channels)` float32.
        changed: The same of each changed copy: mirrored, or changed at random.
    """

    plain: NDArray[np.float32]
    changed: tuple[NDArray[np.float32], ...]

    def all(self, task: Task, mask: NDArray[np.bool_]) -> Examples:
        """Every view of the chosen photos, one view after the other."""
        views = (self.plain, *self.changed)
        return Examples(
            np.concatenate([view[mask] for view in views]),
            np.concatenate([task.targets[mask]] * len(views)),
            np.concatenate([task.weights[mask]] * len(views)),
        )


def read_views(
    model: Any,  # noqa: ANN401
    photos: Sequence[TaggedPhoto],
    recipe: Recipe,
    cache: Path,
) -> tuple[Views, dict[str, str]]:
    """Compute the features of photos, or read them from a cache.

    Args:
        model: What `build_classifier` returned, with its start weights.
        photos: To see.
        recipe: `preprocessing`, `augmentation`, `head.augmented_copies`, `unreadable_share`.
        cache: Folder to keep features in.

    Returns:
        The views of the photos that can be decoded, in their order; and file → why not, of the
        others.

    Raises:
        DatasetError: If more photos cannot be decoded than the recipe allows.
    """
    frozen, paths = embedding_model(model), [photo.path for photo in photos]
    plain, failures = readable_features(frozen, paths, recipe.preprocessing, cache)
    reasons = {photo.file: failures[photo.path] for photo in photos if photo.path in failures}
    if reasons:
        first = next(iter(reasons))
        what = f"{len(reasons)} of {len(photos)} photos cannot be decoded"
        if len(reasons) > recipe.unreadable_share * len(photos):
            raise DatasetError(
                f"{what}, more than unreadable_share = {recipe.unreadable_share:g} allows; "
                f"for example {first}: {reasons[first]}"
            )
        _LOG.warning("%s and are dropped; for example %s: %s", what, first, reasons[first])
    readable = [path for path in paths if path not in failures]
    copies = range(recipe.head.augmented_copies)
    changes = [MIRRORED, *(random_change(recipe.augmentation, recipe.seed + n) for n in copies)]
    changed = (readable_features(frozen, readable, recipe.preprocessing, cache, c) for c in changes)
    return Views(plain, tuple(features for features, _ in changed)), reasons


def refuse_shared_hotels(learnt: Iterable[TaggedPhoto], tested: Iterable[TaggedPhoto]) -> None:
    """Check that no hotel is both learnt from and tested on: a model would recognise its rooms.

    A photo without a hotel counts as one of its own.

    Raises:
        DatasetError: If one is.
    """
    both = {p.hotel or p.file for p in learnt} & {p.hotel or p.file for p in tested}
    if both:
        raise DatasetError(f"hotels both to train and to report on: {', '.join(sorted(both))}")


def base_weights(photos: Sequence[TaggedPhoto], recipe: Recipe) -> NDArray[np.float32]:
    """`(photos,)`: how much each photo counts by where it comes from.

    Raises:
        DatasetError: If the recipe names a source that no photo has, or a negative weight.
    """
    known = {photo.source for photo in photos}
    for source, weight in recipe.source_weights.items():
        if source not in known:
            names = ", ".join(sorted(known - {""})) or "none is named"
            raise DatasetError(f"source_weights: no photo of {source!r}; the sources are: {names}")
        if not 0 <= weight < np.inf:
            raise DatasetError(f"source_weights: {source!r} weighs {weight}, expected 0 or more")
    weights = [
        recipe.source_weights.get(photo.source, 1.0) * (recipe.hotel_weight if photo.hotel else 1)
        for photo in photos
    ]
    return np.array(weights, np.float32)
