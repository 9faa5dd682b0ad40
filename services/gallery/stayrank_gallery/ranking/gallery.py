"""The arrays that a ranking works on, checked once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False)
class Gallery:
    """A gallery of `n` photos and `T` areas.

    Args:
        quality: `(n,)` in [0, 1].
        probabilities: `(n, T)` in [0, 1]; rows sum to at most 1.
        embeddings: `(n, d)`, not all zero; only `mmr` and the search for like photos need them.
        views: `(n,)` names of what the photos show from where: like photos have the same. By
            default each has its own.

    Raises:
        ValueError: If the shapes disagree, or a value is not finite or out of range.
    """

    quality: NDArray[np.float64]
    probabilities: NDArray[np.float64]
    embeddings: NDArray[np.float64] | None
    views: NDArray[np.intp]

    def __init__(
        self,
        quality: ArrayLike,
        probabilities: ArrayLike,
        embeddings: ArrayLike | None = None,
        views: ArrayLike | None = None,
    ) -> None:
        q = np.asarray(quality, dtype=np.float64)
        p = np.asarray(probabilities, dtype=np.float64)
        e = None if embeddings is None else np.asarray(embeddings, dtype=np.float64)
        v = np.arange(len(q)) if views is None else np.asarray(views, dtype=np.intp)
        if q.ndim != 1 or p.ndim != 2 or len(p) != len(q) or p.shape[1] == 0:
            raise ValueError(f"expected shapes (n,) and (n, T), got {q.shape} and {p.shape}")
        if e is not None and (e.ndim != 2 or len(e) != len(q)):
            raise ValueError(f"expected embeddings of shape ({len(q)}, d), got {e.shape}")
        if v.shape != q.shape:
            raise ValueError(f"expected {len(q)} views, got shape {v.shape}")
        for name, values in (("quality", q), ("probabilities", p)):
            if not np.all((values >= 0) & (values <= 1)):  # false for NaN as well
                raise ValueError(f"expected {name} in [0, 1]")
        if e is not None and not np.isfinite(e).all():
            raise ValueError("expected finite embeddings")
        object.__setattr__(self, "quality", q)
        object.__setattr__(self, "probabilities", p)
        object.__setattr__(self, "embeddings", e)
        object.__setattr__(self, "views", v)

    def __len__(self) -> int:
        return len(self.quality)

    @property
    def top_tags(self) -> NDArray[np.intp]:
        """`(n,)`: the most probable area of each photo; −1 for a photo of no known area."""
        best = self.probabilities.argmax(axis=1)
        return np.where(self.probabilities.any(axis=1), best, -1).astype(np.intp)

    @property
    def directions(self) -> NDArray[np.float64]:
        """`(n, d)`: the embeddings at length 1, so that their products are cosines; 0 stays 0.

        Raises:
            ValueError: If the gallery has no embeddings.
        """
        if self.embeddings is None:
            raise ValueError("expected a gallery with embeddings")
        length = np.linalg.norm(self.embeddings, axis=1, keepdims=True)
        return np.asarray(self.embeddings / np.maximum(length, np.finfo(np.float64).tiny))

    def take(self, indices: NDArray[np.intp]) -> Gallery:
        """Return the gallery of some photos, in the given order."""
        embeddings = None if self.embeddings is None else self.embeddings[indices]
        return Gallery(
            self.quality[indices], self.probabilities[indices], embeddings, self.views[indices]
        )
