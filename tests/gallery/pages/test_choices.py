"""What the boxes of the page offer."""

from stayrank_gallery.audit.packs import load_packs
from stayrank_gallery.contexts import contexts
from stayrank_gallery.pages import choices
from stayrank_gallery.policy import Policy
from stayrank_gallery.schemas import QualityScale, RankOptions, Strategy


def test_every_strategy_and_scale_can_be_chosen_the_services_own_first():
    assert {choice.value for choice in choices.STRATEGIES} == set(Strategy)
    assert {choice.value for choice in choices.SCALES} == set(QualityScale)
    assert choices.STRATEGIES[0].value == RankOptions().strategy
    assert choices.SCALES[0].value == RankOptions().score


def test_every_context_and_pack_can_be_chosen_and_says_what_it_means():
    offered = choices.context_choices()
    assert [choice.value for choice in offered] == [c.name for c in contexts().contexts]
    assert "swimming pool × 4" in offered[1].about
    packs = load_packs()
    assert {c.value: c.about for c in choices.pack_choices(packs)} == {
        name: pack.about for name, pack in packs.items()
    }


def test_a_policy_tells_its_rules_and_no_policy_comes_first():
    strict = Policy.model_validate(
        {
            "blocked": [{"tag": "swimming_pool", "min_probability": 0.1}],
            "min_mean": 4,
            "min_pixels": 300_000,
            "allow_rejected": False,
        }
    )

    none, *others = choices.policy_choices({"my_feed": strict, "all": Policy()})

    assert (none.value, none.about) == ("", "")
    assert [(choice.value, choice.title) for choice in others] == [
        ("all", "All"),
        ("my_feed", "My feed"),
    ]
    assert others[1].about == (
        "no swimming pool (from 10%); score 4 or more; 300,000 pixels or more; a clear area"
    )
