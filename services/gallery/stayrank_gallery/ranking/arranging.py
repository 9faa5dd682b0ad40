"""The one greedy loop behind every order: strategy, editor's constraints, present order.

At each place stands the photo that gains most, but for

1. *pins*: a pinned photo stands at its place, and at no other;
2. *runs*: of one area no more than `max_run` photos stand in a row, where others are left;
3. *hysteresis*: the incumbent, that is the photo that comes first in the present order of those
   left, gives way only to a photo that gains more than it by over `margin`.

A strategy's gains know what has been placed, so photos after a pinned one go with it. An order
that came out of this loop comes out again when it goes in as the present order and no gain has
changed; where it was made without a present order, it also does as long as no gain has changed by
more than `margin` / 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Gains(Protocol):
    """What each photo of a gallery would add if it came next."""

    def __call__(self) -> NDArray[np.float64]:
        """Return the `(n,)` gains after the photos placed so far; placed ones may have any."""
        ...

    def place(self, index: int) -> None:
        """Take note that a photo has been placed."""
        ...


class Cause(Enum):
    """Why a photo stands at its place."""

    GAIN = "it gains most"
    PINNED = "it is pinned here"
    RUN = "the photo that gains most would lengthen a run of its area"
    HELD = "it stood before the photo that gains most, which does not gain enough more"


@dataclass(frozen=True, eq=False)
class Constraints:
    """What an editor wants of an order of `n` photos of known areas.

    Args:
        areas: `(n,)`: the area that a photo shows; −1 for none, which never makes a run.
        pins: Place (from 0) → index of the photo that stands there. Pins beyond the last place move
            up to it.
        max_run: Photos of one area that may stand in a row, at least 1; None for any number.
        present: Indices in the present order; photos that are missing are new.
        margin: By how much a photo must gain more than the incumbent, in units of gain; ≥ 0.
            At 0 the present order has no say.
    """

    areas: NDArray[np.intp]
    pins: Mapping[int, int] = field(default_factory=dict)
    max_run: int | None = None
    present: NDArray[np.intp] = field(default_factory=lambda: np.empty(0, dtype=np.intp))
    margin: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Arrangement:
    """An order, and what decided each of its places.

    Args:
        order: `(n,)` permutation.
        causes: One for each place.
    """

    order: NDArray[np.intp]
    causes: list[Cause]


def arrange(gains: Gains, constraints: Constraints) -> Arrangement:
    """Order a gallery greedily; see above.

    Returns:
        Every photo once. Equal gains go by index.
    """
    count = len(constraints.areas)
    choose = _Chooser(constraints)
    pinned = dict(sorted(constraints.pins.items()))
    barred = np.zeros(count)  # added to the gains: −inf takes a photo out of the choice
    barred[list(pinned.values())] = -np.inf
    free = count - len(pinned)
    order: list[int] = []
    causes: list[Cause] = []
    for place in range(count):
        if place in pinned or not free:
            index, cause = pinned.pop(place if free else next(iter(pinned))), Cause.PINNED
        else:
            index, cause = choose(gains() + barred, order)
            barred[index] = -np.inf
            free -= 1
        gains.place(index)
        order.append(index)
        causes.append(cause)
    return Arrangement(np.array(order, dtype=np.intp), causes)


def plain_order(gains: Gains, count: int) -> NDArray[np.intp]:
    """Order `count` photos by nothing but their gains, as an `(n,)` permutation."""
    return arrange(gains, Constraints(np.full(count, -1, dtype=np.intp))).order


class _Chooser:
    """Chooses for one place among the photos left."""

    def __init__(self, constraints: Constraints) -> None:
        self._constraints = constraints
        self._present = constraints.present.tolist() if constraints.margin > 0 else []
        self._areas = constraints.areas.tolist()

    def __call__(self, gains: NDArray[np.float64], order: list[int]) -> tuple[int, Cause]:
        """Return a photo and why; `gains` are −inf for those that are not to be chosen."""
        first, cause = self._choose(gains)
        index, areas = first, self._constraints.areas
        while self._runs_on(index, order):
            gains = np.where(areas == areas[index], -np.inf, gains)
            if gains.max() == -np.inf:  # no other area is left
                return first, cause
            index, _ = self._choose(gains)
        return index, cause if index == first else Cause.RUN

    def _choose(self, gains: NDArray[np.float64]) -> tuple[int, Cause]:
        best = int(gains.argmax())
        incumbent = next((index for index in self._present if gains[index] > -np.inf), best)
        if incumbent != best and gains[best] <= gains[incumbent] + self._constraints.margin:
            return incumbent, Cause.HELD
        return best, Cause.GAIN

    def _runs_on(self, index: int, order: list[int]) -> bool:
        """Whether a run would be too long with this photo at the end of the order."""
        limit, area = self._constraints.max_run, self._areas[index]
        if limit is None or area < 0:
            return False
        run = 1
        for placed in reversed(order[-limit:]):
            if self._areas[placed] != area:
                break
            run += 1
        place = len(order) + 1
        pins = self._constraints.pins
        while place in pins and self._areas[pins[place]] == area:
            run, place = run + 1, place + 1
        return run > limit
