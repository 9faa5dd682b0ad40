"""Audits of what comes in: photos to score first, or photos with their scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import Field

from stayrank_common.errors import UnknownPackError
from stayrank_common.inputs import PhotoInput
from stayrank_common.results import AllPhotosFailedError
from stayrank_common.schemas import PhotoFailure
from stayrank_gallery.audit.auditor import audit
from stayrank_gallery.audit.findings import Audit
from stayrank_gallery.audit.gallery_rules import Subject
from stayrank_gallery.audit.packs import NamedPack, Pack
from stayrank_gallery.ranker import Ranked, Ranker
from stayrank_gallery.schemas import RankOptions, RankResponse, ScoredGallery, ScoredPhotos
from stayrank_gallery.scored import split


class ScoredAudit(ScoredPhotos):
    """Body of `POST /audit-scored`: the photos in their order, the cover first."""

    unreadable: list[PhotoFailure] = Field(
        default=[], description="Files that could not be scored; they become findings."
    )


def pack_named(name: str, packs: Mapping[str, Pack]) -> NamedPack:
    """Find a pack.

    Raises:
        UnknownPackError: There is none of that name.
    """
    if name not in packs:
        raise UnknownPackError(name, packs)
    return NamedPack(name=name, pack=packs[name])


async def audit_photos(ranker: Ranker, photos: Sequence[PhotoInput], pack: NamedPack) -> Audit:
    """Score photos and judge them in the order they came in.

    Raises:
        UpstreamError: Tags or scores could not be had.
    """
    try:
        ranked = await ranker.rank(photos, RankOptions())
    except AllPhotosFailedError as error:
        return audit(pack, Subject((), error.failures))
    return audit_ranked(ranked, pack)


def audit_ranked(ranked: Ranked, pack: NamedPack) -> Audit:
    """Judge photos that have been scored and ranked, in the order they came in."""
    response = ranked.response
    photos, _ = split(ranked.scores, ranked.looks)
    failures = [
        PhotoFailure(id=gone.id, error=gone.error) for gone in response.removed if gone.error
    ]
    return audit(pack, Subject(photos, failures, _copies(response)), response.models)


def audit_scored(ranker: Ranker, gallery: ScoredAudit, pack: NamedPack) -> Audit:
    """Judge photos by the scores that came with them.

    Raises:
        MalformedRequestError: The embeddings are not of one form.
    """
    plain = ScoredGallery.model_construct(photos=gallery.photos, models=gallery.models)
    subject = Subject(gallery.photos, gallery.unreadable, _copies(ranker.rank_again(plain)))
    return audit(pack, subject, gallery.models)


def _copies(response: RankResponse) -> dict[str, str]:
    return {gone.id: gone.duplicate_of for gone in response.removed if gone.duplicate_of}
