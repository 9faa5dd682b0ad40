import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_common.errors import ConfigurationError
from stayrank_gallery.policy import Policy, load_policies, violations

EXAMPLE = Path(__file__).parents[2] / "samples" / "policies" / "marketing_feed.toml"
EVERYTHING = Policy.model_validate(
    {
        "blocked": [{"tag": "bathroom", "min_probability": 0.3}],
        "min_mean": 4,
        "min_pixels": 1000,
        "allow_rejected": False,
    }
)


@pytest.fixture(scope="module")
def judge(shot, scores_of):
    """The rules that a photo breaks."""

    def broken(policy, pixels=2000, **facts):
        scores = scores_of([shot("a", **facts)])
        return violations(policy, scores.tags.results[0], scores.aesthetics.results[0], pixels)

    return broken


def rules(found):
    return [violation.rule for violation in found]


def test_a_photo_that_breaks_nothing_is_kept(judge):
    assert judge(EVERYTHING, tag="bedroom", mean=5.0) == []


def test_every_rule_that_is_broken_is_named_with_its_numbers(judge):
    found = judge(EVERYTHING, pixels=999, tag="bathroom", mean=3.25, rejected=True)

    assert rules(found) == ["blocked", "min_mean", "min_pixels", "allow_rejected"]
    assert [violation.detail for violation in found] == [
        "shows bathroom: 90%, blocked from 30%",
        "mean score 3.25 is below 4",
        "999 pixels are fewer than 1,000",
        "of no known area",
    ]


def test_a_blocked_tag_counts_also_where_it_is_not_the_most_probable(judge):
    assert rules(judge(EVERYTHING, tag="bedroom", probability=0.4)) == ["blocked"]


def test_a_blocked_tag_that_a_photo_has_no_probability_of_is_not_shown_by_it(judge):
    policy = Policy.model_validate({"blocked": [{"tag": "sauna", "min_probability": 0.01}]})

    assert judge(policy) == []


def test_a_photo_that_a_model_could_not_use_never_passes(judge):
    for model in ("tagger", "aesthetic", "both"):
        assert rules(judge(EVERYTHING, unusable=model)) == ["unreadable"]


def test_a_policy_without_rules_removes_nothing_that_can_be_read(judge):
    assert judge(Policy(), pixels=1, tag="bathroom", mean=1.0, rejected=True) == []


@given(st.floats(0, 1), st.floats(0, 1), st.floats(1, 10), st.floats(1, 10))
def test_a_stricter_policy_never_keeps_what_a_milder_one_removes(judge, p, q, mean, other):
    def policy(min_probability, min_mean):
        blocked = [{"tag": "bathroom", "min_probability": min_probability}]
        return Policy.model_validate({"blocked": blocked, "min_mean": min_mean})

    strict, mild = policy(min(p, q), max(mean, other)), policy(max(p, q), min(mean, other))

    for tag in ("bathroom", "bedroom"):
        assert set(rules(judge(mild, tag=tag))) <= set(rules(judge(strict, tag=tag)))


def test_a_rule_whose_number_is_missing_is_no_pass(shot, scores_of):
    (tags,) = scores_of([shot("a")]).tags.results

    with pytest.raises(ValueError, match="min_mean"):
        violations(Policy(min_mean=2), tags)
    with pytest.raises(ValueError, match="min_pixels"):
        violations(Policy(min_pixels=2), tags)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("min_maen = 4", "min_maen"),
        ("min_mean = 11", "min_mean"),
        ("min_pixels = 0", "min_pixels"),
        ('[[blocked]]\ntag = "a"\nprobability = 1', "blocked.0: there is no key 'probability'"),
        ('[[blocked]]\ntag = "a"\n[[blocked]]\ntag = "a"', "'a' is blocked twice"),
        ("min_mean =", "Invalid value"),
    ],
)
def test_a_malformed_policy_is_refused_by_file_and_key(tmp_path, text, wrong):
    path = tmp_path / "feed.toml"
    path.write_text(text)

    with pytest.raises(ConfigurationError, match=r"feed\.toml") as refusal:
        Policy.load(path)

    assert wrong in str(refusal.value)


def test_a_missing_policy_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match=r"none\.toml: No such file"):
        Policy.load(tmp_path / "none.toml")


def test_a_tag_that_the_tagger_does_not_know_is_refused_and_the_known_ones_are_named():
    EVERYTHING.check_tags(["bathroom", "bedroom"])

    with pytest.raises(ConfigurationError, match=r"'bathroom'.*knows: bedroom, kitchen"):
        EVERYTHING.check_tags(["kitchen", "bedroom"])


def test_the_example_is_a_policy_of_the_default_tags():
    from stayrank_common.tags import TAGS

    policy = Policy.load(EXAMPLE)

    policy.check_tags(TAGS)
    assert policy.blocked


def test_the_policies_of_a_folder_are_called_as_their_files(tmp_path):
    (tmp_path / "family_feed.toml").write_text("min_mean = 4")
    (tmp_path / "notes.txt").write_text("no policy")

    assert load_policies(tmp_path) == {"family_feed": Policy(min_mean=4)}


@pytest.mark.parametrize("content", [None, "min_maen = 4"])
def test_a_folder_without_policies_or_with_a_malformed_one_is_refused(tmp_path, content):
    if content:
        (tmp_path / "feed.toml").write_text(content)

    with pytest.raises(ConfigurationError, match=re.escape(str(tmp_path))):
        load_policies(tmp_path)
