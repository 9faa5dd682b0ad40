"""Orders of galleries, measured one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from stayrank_common.errors import DatasetError
from stayrank_common.schemas import PhotoFailure
from stayrank_training.evaluation.diversity import OTHER, alpha_ndcg, mean_rating, subtopic_recall

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stayrank_training.data.galleries import RatedGallery
    from stayrank_training.evaluation.gallery_answers import GalleryAnswers

MEASURES = ("alpha_ndcg", "s_recall", "rating")
DEPTH = 10  # places in which near-duplicates are counted
_SHUFFLES = 200
_SEED = 1


class Orderer(Protocol):
    """Orders a gallery by what the models say of it: how is none of the evaluation's business."""

    def __call__(
        self, answers: GalleryAnswers, strategy: str, trade_off: float, *, fold: bool = True
    ) -> Sequence[str]:
        """Return the ids of the photos that are shown, the cover first.

        Args:
            answers: Of one gallery.
            strategy: Name of one.
            trade_off: λ in [0, 1].
            fold: Whether near-duplicates are left out.
        """
        ...


def readable(gallery: RatedGallery, answers: GalleryAnswers) -> RatedGallery:
    """Return the gallery without the photos that a model could not use.

    Raises:
        DatasetError: If no photo is left that shows an area and is rated above 1: no order of the
            others is better than another.
    """
    results = [*answers.tags.results, *answers.ratings.results]
    rest = gallery.without({result.id for result in results if isinstance(result, PhotoFailure)})
    if not ((rest.areas != OTHER) & (rest.ratings > 1)).any():
        raise DatasetError(f"{gallery.name}: no readable photo shows an area and is rated above 1")
    return rest


def measured(gallery: RatedGallery, shown: Sequence[str]) -> NDArray[np.float64]:
    """`(3,)`: the `MEASURES` of an order of photos."""
    index = {file: position for position, file in enumerate(gallery.files)}
    return _measured(gallery, np.array([index[file] for file in shown], dtype=np.intp))


def shuffled(gallery: RatedGallery) -> NDArray[np.float64]:
    """`(3,)`: the mean `MEASURES` of many random orders."""
    rng = np.random.default_rng(_SEED)
    count = len(gallery.files)
    orders = [_measured(gallery, rng.permutation(count)) for _ in range(_SHUFFLES)]
    return np.asarray(np.mean(orders, axis=0))


def repeated(answers: GalleryAnswers, shown: Sequence[str]) -> int:
    """How many of the first `DEPTH` places show again what an earlier one shows."""
    first = shown[:DEPTH]
    return len(first) - len({answers.copies.get(photo, photo) for photo in first})


def repeated_by_chance(answers: GalleryAnswers) -> float:
    """The mean of `repeated` over many random orders."""
    rng = np.random.default_rng(_SEED)
    photos = [result.id for result in answers.tags.results]
    orders = (rng.permutation(len(photos)).tolist() for _ in range(_SHUFFLES))
    return float(np.mean([repeated(answers, [photos[i] for i in order]) for order in orders]))


def _measured(gallery: RatedGallery, order: NDArray[np.intp]) -> NDArray[np.float64]:
    return np.array(
        [
            alpha_ndcg(gallery.areas, gallery.ratings, order),
            subtopic_recall(gallery.areas, order),
            mean_rating(gallery.ratings, order),
        ]
    )
