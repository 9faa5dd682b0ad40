"""What a context brings forward, and what it costs: a table for docs/experiments.md.

    python benchmarks/contexts.py ../shared/datasets/galleries --answers answers.json \
        --tags tags.npz --ratings ratings.npz

The files are those of `stayrank evaluate ranking --split train`; the order of each context is
compared with that of the first, which weighs all areas alike.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from stayrank_gallery.contexts import Context, contexts
from stayrank_gallery.curation import curate
from stayrank_gallery.curation.copies import DUPLICATE_THRESHOLD
from stayrank_gallery.schemas import RankOptions
from stayrank_gallery.scorers import Scores
from stayrank_models.artifacts import DEFAULT_AESTHETIC, DEFAULT_TAGGER, find
from stayrank_training.data.galleries import RatedGallery, read_galleries
from stayrank_training.data.out_of_fold import read_probabilities
from stayrank_training.evaluation.diversity import mean_rating, novelty_gains
from stayrank_training.evaluation.gallery_answers import GalleryAnswers, read_answers
from stayrank_training.evaluation.out_of_fold_answers import with_ratings, with_tags

_DEPTH = 10

Orders = Sequence[Sequence[int]]


def main(folder: Path, kept: Path, tags: Path, ratings: Path) -> None:
    """Print the table."""
    galleries = read_galleries(folder, "train")
    models = find(DEFAULT_TAGGER).info, find(DEFAULT_AESTHETIC).info
    answers = [said.originals() for said in read_answers(kept, galleries, *models)]
    answers = with_tags(galleries, answers, read_probabilities(tags), tags.name)
    answers = with_ratings(galleries, answers, read_probabilities(ratings), ratings.name)
    default, *others = contexts().contexts
    plain = _orders(galleries, answers, default)
    print("| context | first place of each area, before → after | weighted gain | rating |")
    for context in others:
        orders = _orders(galleries, answers, context)
        moved = [
            f"{area} ({weight.weight:g}) {_place(galleries, plain, area):.1f} → "
            f"{_place(galleries, orders, area):.1f}"
            for area, weight in context.weights.items()
        ]
        gain = _gain(galleries, orders, context) / _gain(galleries, plain, context)
        rating = _rating(galleries, orders) / _rating(galleries, plain)
        print(f"| {context.name} | {', '.join(moved)} | × {gain:.3f} | × {rating:.3f} |")


def _orders(
    galleries: Sequence[RatedGallery], answers: Sequence[GalleryAnswers], context: Context
) -> Orders:
    return [
        [
            gallery.files.index(place.id)
            for place in curate(
                Scores(said.tags, said.ratings),
                RankOptions(context=context.name),
                duplicate_threshold=DUPLICATE_THRESHOLD,
                looks=said.looks,
            ).ranking
        ]
        for gallery, said in zip(galleries, answers, strict=True)
    ]


def _place(galleries: Sequence[RatedGallery], orders: Orders, area: str) -> float:
    """The mean first place, from 1, of photos that show an area, where there are any."""
    return float(
        np.mean(
            [
                1 + gallery.areas[order].tolist().index(area)
                for gallery, order in zip(galleries, orders, strict=True)
                if area in gallery.areas[order]
            ]
        )
    )


def _gain(galleries: Sequence[RatedGallery], orders: Orders, context: Context) -> float:
    """The discounted gains of α-nDCG, each times the weight of its area."""
    discounts = 1 / np.log2(np.arange(2, _DEPTH + 2))
    weights: Mapping[str, float] = {a: w.weight for a, w in context.weights.items()}
    total = 0.0
    for gallery, order in zip(galleries, orders, strict=True):
        first = order[:_DEPTH]
        own = [weights.get(str(area), 1.0) for area in gallery.areas[first]]
        gains = own * novelty_gains(gallery.areas, gallery.ratings, first)
        total += float((gains * discounts[: len(first)]).sum())
    return total


def _rating(galleries: Sequence[RatedGallery], orders: Orders) -> float:
    return float(
        np.mean([mean_rating(g.ratings, o) for g, o in zip(galleries, orders, strict=True)])
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("galleries", type=Path)
    for name in ("answers", "tags", "ratings"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    options = parser.parse_args()
    main(options.galleries, options.answers, options.tags, options.ratings)
