"""The audit itself: findings by rule, and photos by harm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stayrank_gallery.audit.findings import Audit, Finding, Replacement
from stayrank_gallery.audit.gallery_rules import Subject, faults, lacks
from stayrank_gallery.audit.packs import NamedPack, Pack
from stayrank_gallery.audit.photo_rules import Fault
from stayrank_gallery.audit.rules import Rule, Severity
from stayrank_gallery.schemas import Models


def audit(named: NamedPack, subject: Subject, models: Models | None = None) -> Audit:
    """Judge a gallery.

    Args:
        named: The rules.
        subject: The gallery.
        models: That tagged and rated it, for the answer.

    Returns:
        What is wrong. With the same pack, adding a photo without faults brings no finding but
        `too_many`.
    """
    pack = named.pack
    by_photo: dict[str, list[Fault]] = {}
    for photo_id, fault in faults(pack, subject):
        by_photo.setdefault(photo_id, []).append(fault)
    findings = [*lacks(pack, subject), *_by_rule(pack, by_photo, subject)]
    order = list(Rule)
    findings.sort(key=lambda f: (f.severity is not Severity.ERROR, order.index(f.rule)))
    return Audit(
        pack=named.name,
        models=models,
        passed=all(finding.severity is not Severity.ERROR for finding in findings),
        cover=subject.photos[0].id if subject.photos else None,
        findings=findings,
        replace_first=_by_harm(pack, by_photo, subject),
    )


def _by_rule(
    pack: Pack, by_photo: Mapping[str, Sequence[Fault]], subject: Subject
) -> list[Finding]:
    """One finding for each rule that photos break."""
    total = len(subject.photos) + len(subject.failures)
    findings = []
    for rule in Rule:
        blamed = {
            photo_id: detail
            for photo_id, broken in by_photo.items()
            for name, detail in broken
            if name is rule
        }
        if blamed:
            first, detail = next(iter(blamed.items()))
            example = f"for example {first}: {detail}" if len(blamed) > 1 else f"{first}: {detail}"
            findings.append(
                Finding(
                    rule=rule,
                    severity=pack.severity_of(rule),
                    title=rule.heading,
                    detail=f"{len(blamed)} of {total}; {example}",
                    photos=list(blamed),
                )
            )
    return findings


def _by_harm(
    pack: Pack, by_photo: Mapping[str, Sequence[Fault]], subject: Subject
) -> list[Replacement]:
    scores = {photo.id: photo.aesthetic.mean for photo in subject.photos}

    def harm(photo_id: str) -> tuple[int, int, float, str]:
        severities = [pack.severity_of(rule) for rule in {rule for rule, _ in by_photo[photo_id]}]
        errors = severities.count(Severity.ERROR)
        return -errors, errors - len(severities), scores.get(photo_id, 0), photo_id

    return [
        Replacement(
            id=photo_id,
            reasons=[f"{rule.heading}: {detail}" for rule, detail in by_photo[photo_id]],
        )
        for photo_id in sorted(by_photo, key=harm)
    ]
