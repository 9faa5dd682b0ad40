"""What the models say of whole galleries, kept in a file: looking at photos is what costs."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from pydantic import ValidationError

from stayrank_common.errors import DatasetError, PhotoError
from stayrank_common.inputs import PhotoInput
from stayrank_common.look import Look, look_at
from stayrank_common.schemas import AestheticResponse, ModelInfo, Schema, TagResponse
from stayrank_training.evaluation.near_copies import NearCopy, near_copies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from stayrank_models.predictors import AestheticPredictor, TagPredictor
    from stayrank_training.data.galleries import RatedGallery
    from stayrank_training.evaluation.served import Progress


class GalleryAnswers(Schema):
    """What both models say of the photos of a gallery, and of near-copies of some.

    Args:
        gallery: Its name.
        tags: Areas, with embeddings: of the photos in their order, then of the copies.
        ratings: Of the same photos in the same order.
        copies: Id of a copy → the photo that it was made of.
        looks: Id → what its pixels say, of the photos that can be decoded.
    """

    gallery: str
    tags: TagResponse
    ratings: AestheticResponse
    copies: dict[str, str]
    looks: dict[str, Look]

    def originals(self) -> GalleryAnswers:
        """Return the answers about the photos alone."""
        count = len(self.tags.results) - len(self.copies)
        return GalleryAnswers(
            gallery=self.gallery,
            tags=TagResponse(model=self.tags.model, results=self.tags.results[:count]),
            ratings=AestheticResponse(
                model=self.ratings.model, results=self.ratings.results[:count]
            ),
            copies={},
            looks={photo: look for photo, look in self.looks.items() if photo not in self.copies},
        )


class AnswersFile(Schema):
    """The form of the file."""

    galleries: list[GalleryAnswers]


def ask_models(
    galleries: Sequence[RatedGallery],
    tagger: TagPredictor,
    aesthetic: AestheticPredictor,
    progress: Progress,
    copied: Callable[[RatedGallery], Sequence[NearCopy]] = near_copies,
) -> list[GalleryAnswers]:
    """Look at all photos of galleries, and at near-copies of some."""
    copies = [copied(gallery) for gallery in galleries]
    photos = [
        [
            *(PhotoInput(file, gallery.folder / file) for file in gallery.files),
            *(PhotoInput(copy.id, copy.content) for copy in made),
        ]
        for gallery, made in zip(galleries, copies, strict=True)
    ]
    every = [photo for some in photos for photo in some]
    tags = progress(tagger.stream(every), len(every), "Tagging")
    tagged = [list(islice(tags, len(some))) for some in photos]
    ratings = progress(aesthetic.stream(every), len(every), "Scoring")
    rated = [list(islice(ratings, len(some))) for some in photos]
    return [
        GalleryAnswers(
            gallery=gallery.name,
            tags=TagResponse(model=tagger.info, results=seen),
            ratings=AestheticResponse(model=aesthetic.info, results=judged),
            copies={copy.id: copy.original for copy in made},
            looks=dict(_looks(some)),
        )
        for gallery, made, some, seen, judged in zip(
            galleries, copies, photos, tagged, rated, strict=True
        )
    ]


def _looks(photos: Iterable[PhotoInput]) -> Iterator[tuple[str, Look]]:
    for photo in photos:
        if not isinstance(photo.source, PhotoError):
            try:
                yield photo.id, look_at(photo.source)
            except PhotoError:
                continue  # the models say what is wrong with it


def write_answers(path: Path, answers: Sequence[GalleryAnswers]) -> None:
    """Keep answers."""
    path.write_text(AnswersFile(galleries=list(answers)).model_dump_json(), encoding="utf-8")


def read_answers(
    path: Path, galleries: Sequence[RatedGallery], tagger: ModelInfo, aesthetic: ModelInfo
) -> list[GalleryAnswers]:
    """Read what `write_answers` wrote.

    Args:
        path: The file.
        galleries: Whose answers to return, in this order.
        tagger: The model that must have tagged them.
        aesthetic: The model that must have rated them.

    Raises:
        DatasetError: If it is malformed, lacks a gallery or a photo, or is of other models.
    """
    try:
        kept = AnswersFile.model_validate_json(path.read_bytes())
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror}") from error
    except ValidationError as error:
        raise DatasetError(f"{path}: no answers of `evaluate ranking`: delete it") from error
    by_name = {answers.gallery: answers for answers in kept.galleries}
    for gallery in galleries:
        answers = by_name.get(gallery.name)
        if answers is None or [r.id for r in answers.originals().tags.results] != gallery.files:
            raise DatasetError(f"{path}: knows other photos of {gallery.name}: delete it")
        if (answers.tags.model, answers.ratings.model) != (tagger, aesthetic):
            raise DatasetError(f"{path}: is of other models: delete it")
    return [by_name[gallery.name] for gallery in galleries]
