"""How long a ranking takes: `python benchmarks/ranking.py [PHOTOS]`, 200 photos by default.

Prints medians of the CPU time, on which other work on the machine tells little, and each as a
multiple of what NumPy takes to sort as many scores.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable
from statistics import median
from time import process_time
from timeit import repeat

import numpy as np

from stayrank_common.look import look_at
from stayrank_common.ratings import mean_score
from stayrank_common.schemas import AestheticResult, Embedding, TagProbability, TagResult
from stayrank_common.tags import TAGS
from stayrank_common.web.examples import EXAMPLE
from stayrank_gallery.curation import curate_scored
from stayrank_gallery.ranking import (
    Constraints,
    CoverageGains,
    Gallery,
    MmrGains,
    RoundRobinGains,
    arrange,
    coverage_order,
    duplicate_groups,
    plain_order,
)
from stayrank_gallery.schemas import RankOptions
from stayrank_gallery.scored import ScoredPhoto

_EMBEDDING = 1024  # numbers, as the shipped tagger sends
_RUNS = 21
_LOOK = look_at(base64.b64decode(EXAMPLE))


def main(count: int) -> None:
    """Measure galleries of `count` photos with made-up scores."""
    numbers = np.random.default_rng(0)
    photos = [_photo(f"{n}.jpg", numbers) for n in range(count)]
    gallery = Gallery(
        numbers.random(count),
        numbers.dirichlet(np.full(len(TAGS), 0.2), count),
        numbers.normal(size=(count, _EMBEDDING)),
        numbers.integers(0, 4 * count, count),  # one photo in four shares its view
    )
    hashes = [int(photo.look.phash, 16) for photo in photos if photo.look]
    constraints = Constraints(gallery.top_tags, {2: 5}, 2, np.arange(count), 0.05)
    works: dict[str, Callable[[], object]] = {
        "NumPy's sort of the scores": lambda: np.argsort(-gallery.quality, kind="stable"),
        "order: coverage": lambda: coverage_order(gallery, trade_off=0.7),
        "order: coverage, with pins, runs and a present order": lambda: arrange(
            CoverageGains(gallery, trade_off=0.7), constraints
        ),
        "order: round_robin": lambda: plain_order(RoundRobinGains(gallery), count),
        "order: mmr, with its cosines": lambda: plain_order(
            MmrGains(gallery, trade_off=0.7), count
        ),
        "near-duplicates": lambda: duplicate_groups(gallery, threshold=0.9, hashes=hashes),
        "all of /rank-scored but JSON": lambda: curate_scored(
            photos, RankOptions(), models=None, duplicate_threshold=0.9
        ),
    }
    print(f"{count} photos, median of {_RUNS} runs")
    unit = None
    for name, work in works.items():
        took_ms = 1000 * median(repeat(work, timer=process_time, number=1, repeat=_RUNS))
        unit = unit or took_ms
        print(f"{took_ms:10.3f} ms {took_ms / unit:10.0f} ×  {name}")


def _photo(photo_id: str, numbers: np.random.Generator) -> ScoredPhoto:
    probabilities = numbers.dirichlet(np.full(len(TAGS), 0.2))
    order = np.argsort(-probabilities)
    distribution = numbers.dirichlet(np.ones(10))
    embedding = numbers.normal(size=_EMBEDDING).astype("<f2").tobytes()
    return ScoredPhoto(
        id=photo_id,
        tags=TagResult(
            id=photo_id,
            top_tag=TAGS[order[0]],
            rejected=False,
            tags=[TagProbability(tag=TAGS[i], probability=probabilities[i]) for i in order],
            warnings=[],
            embedding=Embedding(dimension=_EMBEDDING, data=base64.b64encode(embedding).decode()),
        ),
        aesthetic=AestheticResult(
            id=photo_id,
            mean=float(mean_score(distribution)),
            std=1.5,
            distribution=distribution.tolist(),
            percentile=50.0,
            warnings=[],
        ),
        look=_LOOK.model_copy(update={"phash": numbers.bytes(8).hex()}),
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
