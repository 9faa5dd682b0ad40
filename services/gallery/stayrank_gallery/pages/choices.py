"""What the boxes of the page offer, in an editor's words: strategies, contexts, policies, packs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stayrank_common.tags import words
from stayrank_gallery.audit.packs import Pack, Packs
from stayrank_gallery.contexts import contexts
from stayrank_gallery.policy import Policies, Policy
from stayrank_gallery.schemas import QualityScale, Strategy


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a box.

    Args:
        value: What the service calls it.
        title: What the editor reads.
        about: What it means, shown below the box.
    """

    value: str
    title: str
    about: str = ""


STRATEGIES = (
    Choice(Strategy.COVERAGE, "Every area early", "beautiful first, no area late (coverage)"),
    Choice(Strategy.SCORE, "Best score first", "beauty alone, whatever it shows"),
    Choice(Strategy.ROUND_ROBIN, "Areas in turn", "the best of each area, round by round"),
    Choice(Strategy.MMR, "No two alike", "beautiful and unlike those before it (MMR)"),
)
SCALES = (
    Choice(QualityScale.MEAN, "Against all photos"),
    Choice(QualityScale.AREA_PERCENTILE, "Among photos of its area"),
)
RUNS = (
    Choice("", "As many as it takes"),
    *(Choice(str(length), f"{length} at most") for length in (1, 2, 3)),
)


def context_choices() -> list[Choice]:
    """For whom a gallery can be ordered, with the weights of its areas."""
    return [
        Choice(
            context.name,
            context.title,
            ", ".join(f"{words(tag)} × {w.weight:g}" for tag, w in context.weights.items()),
        )
        for context in contexts().contexts
    ]


def policy_choices(policies: Mapping[str, Policy]) -> list[Choice]:
    """No policy, then those of the service with their rules."""
    return [
        Choice("", "Any photo"),
        *(
            Choice(named.name, words(named.name).capitalize(), "; ".join(_rules(named.policy)))
            for named in Policies.of(policies).policies
        ),
    ]


def pack_choices(packs: Mapping[str, Pack]) -> list[Choice]:
    """The rule packs of the service, the default first."""
    return [
        Choice(named.name, named.pack.title, named.pack.about) for named in Packs.of(packs).packs
    ]


def _rules(policy: Policy) -> Iterator[str]:
    for rule in policy.blocked:
        yield f"no {words(rule.tag)} (from {rule.min_probability:.0%})"
    if policy.min_mean is not None:
        yield f"score {policy.min_mean:g} or more"
    if policy.min_pixels is not None:
        yield f"{policy.min_pixels:,} pixels or more"
    if not policy.allow_rejected:
        yield "a clear area"
