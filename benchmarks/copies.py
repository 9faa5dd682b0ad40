"""Which copies are folded, and what keeps an order from flickering: tables for docs/experiments.md.

    python benchmarks/copies.py ../shared/datasets/galleries --answers copies.json

Every photo of every gallery is copied in five ways; the models' answers are kept in the file.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stayrank_common.tags import TAGS
from stayrank_gallery.curation import gallery_of
from stayrank_gallery.curation.copies import DUPLICATE_THRESHOLD
from stayrank_gallery.ranking import (
    Constraints,
    CoverageGains,
    Gallery,
    arrange,
    coverage_value,
    like_views,
)
from stayrank_gallery.schemas import RankOptions
from stayrank_gallery.scored import ScoredPhoto, split
from stayrank_gallery.scorers import Scores
from stayrank_models.artifacts import DEFAULT_AESTHETIC, DEFAULT_TAGGER, find
from stayrank_models.predictors import AestheticPredictor, TagPredictor
from stayrank_training.data.galleries import read_galleries
from stayrank_training.evaluation.gallery_answers import (
    GalleryAnswers,
    ask_models,
    read_answers,
    write_answers,
)
from stayrank_training.evaluation.near_copies import CHANGES, every_copy

_FIRST = 10  # places in which flickering is counted
_MARGINS = (0, 0.01, 0.02, 0.03, 0.05, 0.1)
_SAME = (  # largest number of bits, smallest cosine, smallest cosine where few bits differ
    ("≤ 10 bits", 10, 2, 2),
    ("≤ 14 bits", 14, 2, 2),
    ("cosine ≥ 0.9", -1, 0.9, 2),
    ("cosine ≥ 0.88", -1, 0.88, 2),
    ("cosine ≥ 0.85", -1, 0.85, 2),
    ("cosine ≥ 0.9, or ≥ 0.85 and ≤ 14 bits", 14, 0.9, 0.85),
)


@dataclass(frozen=True, slots=True, eq=False)
class Copied:
    """The photos of a gallery, and by change a copy of each in the same order."""

    photos: Sequence[ScoredPhoto]
    changed: Mapping[str, Sequence[ScoredPhoto]]

    @classmethod
    def of(cls, answers: GalleryAnswers) -> Copied:
        """Sort answers about photos and all their copies."""
        scored, _ = split(Scores(answers.tags, answers.ratings), answers.looks)
        by_id = {photo.id: photo for photo in scored}
        photos = [photo for photo in scored if photo.id not in answers.copies]
        return cls(
            photos, {name: [by_id[f"{photo.id} ({name})"] for photo in photos] for name in CHANGES}
        )


def main(folder: Path, kept: Path) -> None:
    """Print the tables."""
    galleries = [gallery for name in ("train", "test") for gallery in read_galleries(folder, name)]
    tagger, aesthetic = find(DEFAULT_TAGGER), find(DEFAULT_AESTHETIC)
    if not kept.exists():
        models = TagPredictor(tagger), AestheticPredictor(aesthetic)
        write_answers(
            kept, ask_models(galleries, *models, lambda items, *_: iter(items), every_copy)
        )
    answers = read_answers(kept, galleries, tagger.info, aesthetic.info)
    copied = [Copied.of(said) for said in answers]
    _print_recall(copied)
    _print_stability(copied)


def _print_recall(copied: Sequence[Copied]) -> None:
    print("| recall of copies |", " | ".join(CHANGES), "| pairs of different photos |")
    compared = [
        {name: _compared([*one.photos, *one.changed[name]]) for name in CHANGES} for one in copied
    ]
    for rule, *limits in _SAME:
        found = {
            name: np.concatenate([_diagonal(_same(*each[name], *limits)) for each in compared])
            for name in CHANGES
        }
        shares = [f"{found[name].mean():.3f}" for name in CHANGES]
        print(f"| {rule} |", " | ".join(shares), f"| {_different(compared, limits)} |")
    lowest = {name: min(_diagonal(each[name][0]).min() for each in compared) for name in CHANGES}
    print("lowest cosine:", ", ".join(f"{name} {cosine:.3f}" for name, cosine in lowest.items()))
    pairs = sum(len(one.photos) * (len(one.photos) - 1) // 2 for one in copied)
    print(f"{sum(len(one.photos) for one in copied)} photos, {pairs} pairs of one gallery")


def _compared(photos: Sequence[ScoredPhoto]) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """`(n, n)` cosines and differing bits."""
    hashes = np.array([int(photo.look.phash, 16) for photo in photos if photo.look], np.uint64)
    directions = _gallery(photos).directions
    return directions @ directions.T, np.bitwise_count(hashes[:, None] ^ hashes)


def _same(
    cosine: NDArray[np.float64], bits: NDArray[np.uint8], most: int, alike: float, nearly: float
) -> NDArray[np.bool_]:
    if alike > 1:
        return np.asarray(bits <= most)
    return np.asarray((cosine >= alike) | ((cosine >= nearly) & (bits <= most)))


def _diagonal(values: NDArray[Any]) -> NDArray[Any]:
    """Of `(2n, 2n)` values those between photo i and its copy n + i."""
    return np.diagonal(values, offset=len(values) // 2)


def _different(compared: Sequence[Mapping[str, Any]], limits: Sequence[float]) -> int:
    count = 0
    for each in compared:
        same = _same(*next(iter(each.values())), *limits)
        originals = len(same) // 2
        count += int(np.triu(same[:originals, :originals], 1).sum())
    return count


def _print_stability(copied: Sequence[Copied]) -> None:
    print("| stability |", " | ".join(CHANGES), "| loss of F, at most |")
    for margin in _MARGINS:
        moved: dict[str, list[float]] = {name: [] for name in CHANGES}
        lost = 0.0
        for one in copied:
            present = _order(_gallery(one.photos), margin=0, present=np.empty(0, dtype=np.intp))
            for name, copies in one.changed.items():
                gallery = _gallery(copies)
                held = _order(gallery, margin=margin, present=present)
                free = _order(gallery, margin=0, present=present)
                moved[name].append(float((held[:_FIRST] != present[:_FIRST]).mean()))
                lost = max(lost, 1 - _value(gallery, held) / _value(gallery, free))
        shares = [f"{np.mean(moved[name]):.3f}" for name in CHANGES]
        print(f"| {margin:g} |", " | ".join(shares), f"| {lost:.1%} |")


def _gallery(photos: Sequence[ScoredPhoto]) -> Gallery:
    gallery = gallery_of(photos, TAGS, RankOptions().score)
    return replace(gallery, views=like_views(gallery, threshold=DUPLICATE_THRESHOLD))


def _order(gallery: Gallery, *, margin: float, present: NDArray[np.intp]) -> NDArray[np.intp]:
    constraints = Constraints(gallery.top_tags, present=present, margin=margin)
    gains = CoverageGains(gallery, trade_off=RankOptions().trade_off)
    return arrange(gains, constraints).order


def _value(gallery: Gallery, order: NDArray[np.intp]) -> float:
    return coverage_value(gallery, order[:_FIRST], trade_off=RankOptions().trade_off)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("galleries", type=Path)
    parser.add_argument("--answers", type=Path, required=True, help="kept here, or read")
    arguments = parser.parse_args()
    main(arguments.galleries, arguments.answers)
