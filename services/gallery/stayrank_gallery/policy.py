"""Which photos may not appear in a feed: rules as data, judged on what the models say.

    min_mean = 4.0               # of the predicted mean score, 1..10
    min_pixels = 300_000         # width × height
    allow_rejected = false       # photos of no known area

    [[blocked]]
    tag = "bathroom"
    min_probability = 0.5        # from which the tag counts as shown

A rule that is left out removes nothing. A photo may break several; all are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from stayrank_common.errors import ConfigurationError
from stayrank_common.repeats import first_repeated
from stayrank_common.schemas import (
    AestheticResult,
    PhotoFailure,
    Probability,
    Schema,
    Score,
    TagResult,
)
from stayrank_common.tags import words
from stayrank_gallery.rule_files import Rules, read_folder, read_rules


class Blocked(Rules):
    """A tag that may not be shown."""

    tag: str
    min_probability: Probability = Field(default=0.5, description="From which it counts as shown.")


class Policy(Rules):
    """The rules of a feed."""

    blocked: tuple[Blocked, ...] = ()
    min_mean: Score | None = Field(default=None, description="Of the predicted mean score.")
    min_pixels: int | None = Field(default=None, ge=1, description="Width times height.")
    allow_rejected: bool = Field(default=True, description="Photos of no known area.")

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a policy.

        Raises:
            ConfigurationError: If the file is missing, or holds anything but such rules.
        """
        return read_rules(path, cls, "policy")

    def check_tags(self, labels: Iterable[str]) -> None:
        """Make sure that the tagger can say what the policy asks.

        Raises:
            ConfigurationError: If a blocked tag is none of the tagger's `labels`.
        """
        known = set(labels)
        for rule in self.blocked:
            if rule.tag not in known:
                raise ConfigurationError(
                    f"the policy blocks {rule.tag!r}, which the tagger does not know; "
                    f"it knows: {', '.join(sorted(known))}"
                )

    @model_validator(mode="after")
    def _block_once(self) -> Self:
        repeated = first_repeated(rule.tag for rule in self.blocked)
        if repeated is not None:
            raise ValueError(f"{repeated!r} is blocked twice")
        return self


def load_policies(folder: Path) -> dict[str, Policy]:
    """Read the policies of a folder: `family_feed.toml` is called `family_feed`.

    Raises:
        ConfigurationError: If there is none, or one is not a policy.
    """
    return read_folder(folder, Policy, "policy")


class NamedPolicy(Schema):
    """A policy and its name."""

    name: str
    policy: Policy


class Policies(Schema):
    """Answer of `GET /policies`."""

    policies: list[NamedPolicy] = Field(description="By name; empty where the service has none.")

    @classmethod
    def of(cls, policies: Mapping[str, Policy]) -> Self:
        """List policies by name."""
        return cls(
            policies=[NamedPolicy(name=name, policy=policies[name]) for name in sorted(policies)]
        )


class Violation(Schema):
    """A rule that a photo breaks."""

    rule: Literal["unreadable", "blocked", "min_mean", "min_pixels", "allow_rejected"]
    detail: str = Field(description="In plain words, with the numbers.")


def violations(
    policy: Policy,
    tags: TagResult | PhotoFailure,
    rating: AestheticResult | PhotoFailure | None = None,
    pixels: int | None = None,
) -> Sequence[Violation]:
    """Judge one photo.

    Args:
        policy: The rules; its blocked tags were checked (`Policy.check_tags`).
        tags: What the tagger says.
        rating: What the aesthetic model says; may be None where there is no `min_mean`.
        pixels: Width times height; may be None where there is no `min_pixels`.

    Returns:
        The rules that it breaks, in the order of `Violation.rule`; empty if it may be shown.

    Raises:
        ValueError: If a rule needs what is None.
    """
    for failed in (tags, rating):
        if isinstance(failed, PhotoFailure):
            return [Violation(rule="unreadable", detail=failed.error.detail)]
    assert isinstance(tags, TagResult)  # noqa: S101 - failures have returned
    found = [*_blocked(policy, tags)]
    if policy.min_mean is not None:
        if not isinstance(rating, AestheticResult):
            raise ValueError("the policy has a min_mean, but no rating was given")
        if rating.mean < policy.min_mean:
            low = f"mean score {rating.mean:.2f} is below {policy.min_mean:g}"
            found.append(Violation(rule="min_mean", detail=low))
    if policy.min_pixels is not None:
        if pixels is None:
            raise ValueError("the policy has min_pixels, but the size was not given")
        if pixels < policy.min_pixels:
            small = f"{pixels:,} pixels are fewer than {policy.min_pixels:,}"
            found.append(Violation(rule="min_pixels", detail=small))
    if tags.rejected and not policy.allow_rejected:
        found.append(Violation(rule="allow_rejected", detail="of no known area"))
    return found


def _blocked(policy: Policy, tags: TagResult) -> Iterable[Violation]:
    shown = {entry.tag: entry.probability for entry in tags.tags}
    for rule in policy.blocked:
        probability = shown.get(rule.tag, 0.0)
        if probability >= rule.min_probability:
            detail = (
                f"shows {words(rule.tag)}: {probability:.0%}, "
                f"blocked from {rule.min_probability:.0%}"
            )
            yield Violation(rule="blocked", detail=detail)
