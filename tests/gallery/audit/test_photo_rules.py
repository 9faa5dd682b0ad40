import pytest

from stayrank_gallery.audit import Rule
from stayrank_gallery.audit.packs import CoverRules, PhotoRules
from stayrank_gallery.audit.photo_rules import cover_faults, photo_faults

# Each rule just broken and just kept.
CASES = [
    ("too_small", "min_long_edge", 1501, 1500, {}),
    ("too_small", "min_short_edge", 1001, 1000, {}),
    ("too_heavy", "max_bytes", 399_999, 400_000, {}),
    ("blurred", "min_sharpness", 1.51, 1.5, {}),
    ("dark", "min_luminance", 0.51, 0.5, {}),
    ("dark", "min_highlight", 0.91, 0.9, {}),
    ("overexposed", "max_clipped_share", 0.009, 0.01, {}),
    ("tilted", "max_tilt_degrees", 3.9, 4, {"look": {"tilt_degrees": -4}}),
    ("poor", "min_mean", 5.01, 5, {}),
]


@pytest.mark.parametrize(("rule", "key", "broken", "kept", "facts"), CASES)
def test_a_photo_breaks_a_rule_exactly_beyond_its_limit(scored, rule, key, broken, kept, facts):
    photo = scored("a", **facts)

    ((name, detail),) = photo_faults(PhotoRules.model_validate({key: broken}), photo)

    assert name == rule
    assert any(character.isdigit() for character in detail)
    assert not [*photo_faults(PhotoRules.model_validate({key: kept}), photo)]


def test_every_measure_that_a_pack_may_ask_for_is_judged():
    judged = {key for _, key, *_ in CASES} | {"allow_unrelated"}

    assert judged == set(PhotoRules.model_fields)


def test_without_rules_nothing_is_wrong(scored):
    assert not [*photo_faults(PhotoRules(), scored("a", mean=1, rejected=True, look=None))]


def test_unrelated_photos_are_wrong_where_the_pack_says_so(scored):
    rules = PhotoRules(allow_unrelated=False)

    assert [rule for rule, _ in photo_faults(rules, scored("a", rejected=True))] == [Rule.UNRELATED]
    assert not [*photo_faults(rules, scored("a"))]


def test_a_photo_whose_tilt_is_doubtful_is_not_blamed(scored):
    photo = scored("a", look={"tilt_degrees": None})

    assert not [*photo_faults(PhotoRules(max_tilt_degrees=0.1), photo)]


@pytest.mark.parametrize(
    ("rules", "facts", "detail"),
    [
        ({"not_areas": ["bathroom"]}, {"tag": "bathroom"}, "shows bathroom, which no cover may"),
        ({"areas": ["exterior"]}, {"tag": "bedroom"}, "shows bedroom, not exterior"),
        (
            {"areas": ["exterior"]},
            {"tag": "exterior", "rejected": True},
            "shows no known area, not exterior",
        ),
        ({"landscape": True}, {"look": {"width": 999}}, "in portrait format"),
        ({"min_mean": 6}, {"mean": 5.25}, "mean score 5.25, below 6"),
    ],
)
def test_a_cover_must_be_more_than_any_photo(scored, rules, facts, detail):
    rules = CoverRules.model_validate(rules)

    assert [*cover_faults(rules, scored("a", **facts))] == [(Rule.COVER, detail)]
    assert not [*cover_faults(rules, scored("b", tag="exterior", mean=9))]
