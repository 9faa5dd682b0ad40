"""How far a photo hangs askew, from the directions of its edges.

Walls and door frames are vertical in the world. In a level photo they are vertical too, or lean
symmetrically to the centre where the camera looked up or down; tables, floors and ceilings run in
any direction. So each edge votes for the roll r and the convergence c (in degrees) that explain it,

    lean of an edge at x  =  r + c x,      x from −½ (left border) to ½ (right border),

and nearly horizontal edges, which perspective bends more, vote with half the weight for r alone.
The directions are those of the structure tensor (Bigün and Granlund, "Optimal orientation
detection of linear symmetry", ICCV 1987), whose coherence tells edges from texture. How well the
answer is founded, and how far it errs, is measured in docs/experiments.md.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]

_STEP = 0.5  # degrees
_ROLLS = np.arange(-20, 20 + _STEP, _STEP)
_CONVERGENCES = np.arange(-25, 25.1, 2.5)
_LEANS = np.arange(-34, 34 + _STEP, _STEP)  # every roll with every convergence, and the kernel
_BANDS = 12  # columns of the photo in which edges are counted together
# (leans, leans): an edge is known to a degree.
_SMOOTHING = np.exp(-0.5 * (_LEANS[:, None] - _LEANS) ** 2)
_STRONGEST = 0.3  # share of the pixels that count as edges
_FAINTEST, _FULL = 0.015, 0.1  # change of luma per pixel: from which it counts, counts no more
_SMALLEST = 64  # pixels of the shorter side, below which edges are too short to tell

# Votes for the best roll as a multiple of the average: chosen on the ten training galleries so that
# of their untouched photos 2 % are told to be tilted by 3° or more.
_CONFIDENT = 2.2


def tilt_degrees(luma: Array) -> float | None:
    """Estimate by how much a photo is tilted.

    Args:
        luma: `(height, width)` in [0, 1], about 320 pixels on the longer side.

    Returns:
        Degrees in [−20, 20] by which the scene is turned counter-clockwise in the photo, so that
        turning the photo clockwise by them levels it; None where its edges do not agree.
    """
    if min(luma.shape) < _SMALLEST:
        return None
    leans, bands, weights = _edges(luma.astype(np.float32))
    upright = _count(leans, bands, weights)
    lying = _count(leans - np.copysign(90, leans), 0, weights)
    votes = _votes(upright, lying[:, 0])
    best = int(votes.argmax())
    if votes[best] <= _CONFIDENT * votes.mean():
        return None
    return float(_ROLLS[best] + _STEP * _vertex(votes, best))


def _edges(luma: Array) -> tuple[Array, NDArray[np.intp], Array]:
    """For each edge pixel: degrees from the vertical in [−90, 90], band, weight."""
    right, down = _gradient(luma), _gradient(luma.T).T
    tensor = np.stack([right * right, right * down, down * down])
    strength = np.sqrt(tensor[0] + tensor[2])
    weaker = int((1 - _STRONGEST) * strength.size)
    edge = strength > max(np.partition(strength, weaker, axis=None)[weaker], _FAINTEST)
    xx, xy, yy = (product[edge] for product in _smooth(tensor))
    coherence = np.hypot(xx - yy, 2 * xy) / (xx + yy + 1e-6)
    x = np.linspace(0, 1, luma.shape[1])
    bands = np.broadcast_to(np.minimum(x * _BANDS, _BANDS - 1).astype(np.intp), luma.shape)
    # The gradient's angle to the x axis is the edge's to the y axis; rows count downwards.
    leans = np.degrees(0.5 * np.arctan2(-2 * xy, xx - yy))
    weights = np.minimum(strength[edge], _FULL) * coherence**2
    return leans, bands[edge], weights


def _gradient(luma: Array) -> Array:
    """Change of luma per pixel to the right.

    By the kernel of Scharr ("Optimal operators in digital image processing", 2000), made for true
    directions: plain differences of neighbours show an edge of 12° as one of 16°.
    """
    g = np.pad(luma, 1, mode="edge")
    rows = (3 * g[:-2] + 10 * g[1:-1] + 3 * g[2:]) / 16
    return np.asarray(rows[:, 2:] - rows[:, :-2]) / 2


def _smooth(values: Array) -> Array:
    """Average over 3 × 3 pixels of `(channels, height, width)`, twice."""
    for _ in range(2):
        padded = np.pad(values, ((0, 0), (1, 1), (1, 1)), mode="edge")
        rows = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
        values = (rows[..., :-2] + rows[..., 1:-1] + rows[..., 2:]) / 9
    return values


def _count(leans: Array, bands: NDArray[np.intp] | int, weights: Array) -> Array:
    """`(leans, bands)`: weight of the edges of each lean in each column, smoothed over leans."""
    rows = _index(leans)
    known = (rows >= 0) & (rows < len(_LEANS))
    cells = (rows * _BANDS + bands)[known]
    counts = np.bincount(cells, weights[known], len(_LEANS) * _BANDS)
    return np.asarray(_SMOOTHING @ counts.reshape(-1, _BANDS))


def _votes(upright: Array, lying: Array) -> Array:
    """`(rolls,)`: votes for each roll with the convergence that suits it best."""
    x = (np.arange(_BANDS) + 0.5) / _BANDS - 0.5
    leans = _ROLLS[:, None, None] + _CONVERGENCES[:, None] * x
    found = upright[_index(leans), np.arange(_BANDS)].sum(axis=-1)
    plausible = 1 - 0.2 * np.abs(_CONVERGENCES) / _CONVERGENCES.max()
    return np.asarray((found * plausible).max(axis=1) + lying[_index(_ROLLS)] / 2)


def _index(leans: Array) -> NDArray[np.intp]:
    return np.asarray(np.rint((leans - _LEANS[0]) / _STEP), dtype=np.intp)


def _vertex(votes: Array, best: int) -> float:
    """Where between its neighbours the peak lies, by a parabola: in [−½, ½] steps."""
    if not 0 < best < len(votes) - 1:
        return 0.0
    before, peak, after = votes[best - 1 : best + 2]
    bend = before - 2 * peak + after
    return float((before - after) / (2 * bend)) if bend < 0 else 0.0
