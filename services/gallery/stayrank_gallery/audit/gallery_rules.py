"""What a gallery as a whole lacks, and which of its photos are to blame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from stayrank_common.schemas import PhotoFailure
from stayrank_common.tags import words
from stayrank_gallery.audit.findings import Finding
from stayrank_gallery.audit.packs import AreaRule, GalleryRules, Pack
from stayrank_gallery.audit.photo_rules import Fault, cover_faults, is_portrait, photo_faults
from stayrank_gallery.audit.rules import Rule
from stayrank_gallery.scored import ScoredPhoto


@dataclass(frozen=True, slots=True)
class Subject:
    """A gallery to judge.

    Args:
        photos: In its order, the cover first.
        failures: Files that could not be used.
        copies: Id of a near-duplicate → that of the best copy.
    """

    photos: Sequence[ScoredPhoto]
    failures: Sequence[PhotoFailure] = ()
    copies: Mapping[str, str] = field(default_factory=dict)


def faults(pack: Pack, subject: Subject) -> Iterator[tuple[str, Fault]]:
    """What single photos are to blame for: id and fault."""
    for failure in subject.failures:
        yield failure.id, (Rule.UNREADABLE, failure.error.detail)
    if subject.photos:
        cover = subject.photos[0]
        yield from ((cover.id, fault) for fault in cover_faults(pack.cover, cover))
    for photo in subject.photos:
        yield from ((photo.id, fault) for fault in photo_faults(pack.photo, photo))
    most = pack.gallery.max_duplicates
    if most is not None and len(subject.copies) > most:
        for copy, best in subject.copies.items():
            yield copy, (Rule.DUPLICATE, f"almost the same as {best}")
    yield from _portraits(pack.gallery, subject.photos)


def _portraits(rules: GalleryRules, photos: Sequence[ScoredPhoto]) -> Iterator[tuple[str, Fault]]:
    seen = [photo for photo in photos if photo.look]
    portraits = [photo for photo in seen if photo.look and is_portrait(photo.look)]
    least = rules.min_landscape_share
    if least is None or not seen:
        return
    # 9 / 10 is the very float that a pack states as 0.9; (1 - 0.9) * 10 is less than 1.
    if (len(seen) - len(portraits)) / len(seen) < least:
        for photo in portraits:
            yield photo.id, (Rule.PORTRAIT, f"in portrait format; {least:.0%} should be landscape")


def lacks(pack: Pack, subject: Subject) -> Iterator[Finding]:
    """What no single photo is to blame for: numbers, areas, and what could not be judged."""
    count, rules = len(subject.photos), pack.gallery
    if rules.min_photos is not None and count < rules.min_photos:
        yield _finding(pack, Rule.TOO_FEW, f"{_photos(count)}; at least {rules.min_photos}")
    if rules.max_photos is not None and count > rules.max_photos:
        yield _finding(pack, Rule.TOO_MANY, f"{_photos(count)}; at most {rules.max_photos}")
    known = {entry.tag for photo in subject.photos for entry in photo.tags.tags}
    for area in pack.areas:
        if known and not known & set(area.any_of):
            strange = f"the tagger knows no {_names(area)}"
            yield _finding(pack, Rule.UNJUDGED, strange, area=area.any_of[0])
        else:
            yield from _missing(pack, area, subject)
    unseen = [photo.id for photo in subject.photos if not photo.look]
    if unseen:
        detail = f"size, light, sharpness and tilt of {_photos(len(unseen))} were not measured"
        yield _finding(pack, Rule.UNJUDGED, detail, unseen)


def _missing(pack: Pack, rule: AreaRule, subject: Subject) -> Iterator[Finding]:
    found = sum(
        photo.id not in subject.copies
        and not photo.tags.rejected
        and photo.tags.top_tag in rule.any_of
        for photo in subject.photos
    )
    if found < rule.min_photos:
        note = f" ({rule.note})" if rule.note else ""
        yield Finding(
            rule=Rule.MISSING_AREA,
            severity=rule.severity or pack.severity_of(Rule.MISSING_AREA),
            title=f"{'Too few photos of' if found else 'No'} {_names(rule)}",
            detail=f"{_photos(found)} of {_names(rule)}; at least {rule.min_photos}{note}",
            photos=[],
            area=rule.any_of[0],
        )


def _finding(
    pack: Pack, rule: Rule, detail: str, photos: Sequence[str] = (), area: str | None = None
) -> Finding:
    severity = pack.severity_of(rule)
    return Finding(
        rule=rule,
        severity=severity,
        title=rule.heading,
        detail=detail,
        photos=list(photos),
        area=area,
    )


def _names(rule: AreaRule) -> str:
    return " or ".join(words(area) for area in rule.any_of)


def _photos(count: int) -> str:
    return "1 photo" if count == 1 else f"{count or 'no'} photos"
