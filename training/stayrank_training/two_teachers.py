"""What a tagger and a NIMA model say of the same photos, for a third model to learn both.

Reference:
    Beyer et al., "Knowledge Distillation: A Good Teacher Is Patient and Consistent", CVPR 2022:
    the teacher sees each photo as the student does, with the same random changes.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stayrank_common.errors import DatasetError
from stayrank_models.artifacts import find
from stayrank_models.nima import RATING_COUNT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stayrank_models.artifacts import Artifact
    from stayrank_models.engines import Engine
    from stayrank_training.recipe import DuoRecipe

_BATCH = 32


def find_teachers(recipe: DuoRecipe) -> tuple[Artifact, Artifact]:
    """The tagger and the NIMA model that a recipe names.

    Raises:
        ArtifactError: If one is not there, or is a model for something else.
        DatasetError: If the tagger knows other areas than the recipe, or sees photos otherwise.
    """
    names = recipe.teachers
    tagger = find(names.tagging).part("tagging")
    nima = find(names.aesthetics).part("aesthetics")
    if tagger.manifest.outputs != recipe.classes:
        raise DatasetError(f"teachers.tagging: {names.tagging} tells other areas apart")
    for teacher in (tagger, nima):
        if teacher.manifest.preprocessing != recipe.preprocessing:
            raise DatasetError(f"teachers: {teacher.manifest.name} has another preprocessing")
    return tagger, nima


@dataclass(frozen=True, slots=True)
class TwoTeachers:
    """What a tagger and a NIMA model say, side by side.

    Args:
        tagger: Runs the one.
        nima: Runs the other.
    """

    tagger: Engine
    nima: Engine

    def ask(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """What they say of photos `(photos, height, width, 3)`: `(photos, classes + 10)`."""
        parts = [pixels[start : start + _BATCH] for start in range(0, len(pixels), _BATCH)]
        with ThreadPoolExecutor() as pool:
            return np.concatenate(list(pool.map(self._ask, parts)))

    def complete(
        self, pixels: NDArray[np.uint8], targets: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Targets of a batch in which the teachers fill what labels leave open."""
        return completed(targets, self._ask(pixels))

    def _ask(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        said = [engine.predict(pixels).probabilities for engine in (self.tagger, self.nima)]
        return np.concatenate(said, axis=1)


def completed(targets: NDArray[np.float32], said: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fill both distributions of each target up to a sum of 1.

    Args:
        targets: `(photos, classes + 10)`, what labels say: each distribution sums to at most 1.
        said: The same shape, what teachers say.
    """
    filled = [
        mine + (1 - mine.sum(axis=1, keepdims=True)) * theirs
        for mine, theirs in zip(halves(targets), halves(said), strict=True)
    ]
    return np.concatenate(filled, axis=1)


def halves(values: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The areas' part and the ratings' part of `(photos, classes + 10)`."""
    return values[:, :-RATING_COUNT], values[:, -RATING_COUNT:]
