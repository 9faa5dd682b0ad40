"""Figures with the intervals in which they lie."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from scipy.stats import binomtest

from stayrank_common.schemas import Schema
from stayrank_training.evaluation.bootstrap import (
    LEVEL,
    Interval,
    cluster_weights,
    interval,
    photo_weights,
    plain,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from stayrank_training.evaluation.bootstrap import Statistic, Weights


class Resamples(NamedTuple):
    """Draws of the same photos.

    Args:
        photos: `(resamples, photos)`, photo by photo.
        hotels: `(resamples, photos)`, hotel by hotel; none where fewer than two are known.
    """

    photos: Weights
    hotels: Weights | None

    @classmethod
    def of(cls, hotels: Sequence[str]) -> Resamples:
        """Draw photos of these hotels; one without a hotel counts as one of its own."""
        alone = [hotel or f"photo {index}" for index, hotel in enumerate(hotels)]
        clustered = len(set(alone)) > 1 and any(hotels)
        return cls(photo_weights(len(alone)), cluster_weights(alone) if clustered else None)


class Figure(Schema):
    """A measure, its value and its 95 % intervals.

    Args:
        name: Of the measure.
        value: None where it is undefined.
        interval: If other photos had been drawn.
        hotel_interval: If other hotels had been drawn: the honest one for a new hotel.
    """

    name: str
    value: float | None
    interval: Interval | None = None
    hotel_interval: Interval | None = None

    @classmethod
    def of(cls, name: str, statistic: Statistic, resamples: Resamples) -> Figure:
        """Measure and bootstrap."""
        return cls(
            name=name,
            value=defined(plain(statistic, resamples.photos.shape[1])),
            interval=interval(statistic, resamples.photos),
            hotel_interval=(
                None if resamples.hotels is None else interval(statistic, resamples.hotels)
            ),
        )


def share_interval(flags: NDArray[np.bool_]) -> Interval | None:
    """Wilson's 95 % interval of a share, for groups too small to resample.

    Four of four right do not mean that all ever will be, though every resample of them says so.

    Args:
        flags: `(n,)`; without any, there is no interval.

    Reference:
        Brown, Cai and DasGupta, "Interval estimation for a binomial proportion", 2001.
    """
    if not len(flags):
        return None
    test = binomtest(int(flags.sum()), len(flags))
    ends = test.proportion_ci(confidence_level=LEVEL, method="wilson")
    return Interval(float(ends.low), float(ends.high))


def ratio(value: float, base: float) -> float | None:
    """One value over another, or none where the other is 0."""
    return value / base if base else None


def defined(value: float) -> float | None:
    """The value, or none where it is not a number: JSON knows no other way to say so."""
    return None if math.isnan(value) else float(value)
