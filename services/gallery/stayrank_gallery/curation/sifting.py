"""Which photos take no part in an order: excluded by hand, or against the policy of the feed."""

from __future__ import annotations

from collections.abc import Sequence

from stayrank_common.errors import ConfigurationError, OptionError, UnknownPolicyError
from stayrank_gallery.policy import Policy, Violation, violations
from stayrank_gallery.schemas import RankOptions, Removed
from stayrank_gallery.scored import ScoredPhoto


def sift(
    photos: Sequence[ScoredPhoto], options: RankOptions, areas: Sequence[str]
) -> tuple[list[ScoredPhoto], list[Removed]]:
    """Separate what may be ranked from the rest.

    Args:
        photos: Scored photos.
        options: Its policy is rules by now, not a name.
        areas: What the tagger knows.

    Raises:
        OptionError: The policy blocks a tag that the tagger does not know.
        UnknownPolicyError: The policy is a name.
    """
    if isinstance(options.policy, str):
        raise UnknownPolicyError(options.policy, ())
    policy = options.policy or Policy()
    _check_tags(policy, areas)
    excluded = set(options.exclude)
    kept, removed = [], []
    for photo in photos:
        if photo.id in excluded:
            removed.append(Removed(id=photo.id, reason="excluded"))
        elif broken := _broken(policy, photo):
            removed.append(Removed(id=photo.id, reason="policy", violations=list(broken)))
        else:
            kept.append(photo)
    return kept, removed


def _broken(policy: Policy, photo: ScoredPhoto) -> Sequence[Violation]:
    if policy.min_pixels is not None and photo.look is None:  # what cannot be judged is not shown
        return [Violation(rule="min_pixels", detail="its size in pixels is not known")]
    pixels = photo.look.pixels if photo.look else None
    return violations(policy, photo.tags, photo.aesthetic, pixels)


def _check_tags(policy: Policy, areas: Sequence[str]) -> None:
    try:
        if areas:
            policy.check_tags(areas)
    except ConfigurationError as error:
        raise OptionError(f"policy: {error}") from error
