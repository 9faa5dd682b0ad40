import pytest

from stayrank_common.errors import OptionError, UnknownPolicyError
from stayrank_common.look import look_at
from stayrank_gallery.curation.sifting import sift
from stayrank_gallery.schemas import RankOptions
from stayrank_gallery.scored import split

AREAS = ["bathroom", "bedroom", "exterior"]


@pytest.fixture
def sifted(shot, scores_of):
    """Ids kept, and (id, reason, rules broken) of the others."""

    def run(shots, looks=None, **options):
        photos, _ = split(scores_of(shots), looks or {})
        kept, removed = sift(photos, RankOptions(**options), AREAS)
        gone = [
            (one.id, one.reason, [broken.rule for broken in one.violations or []])
            for one in removed
        ]
        return [photo.id for photo in kept], gone

    return run


@pytest.fixture
def two(shot):
    return [shot("bath", "bathroom", mean=3.0), shot("bed", "bedroom", mean=6.0)]


def test_without_wishes_all_are_kept(sifted, two):
    assert sifted(two) == (["bath", "bed"], [])


def test_excluded_photos_are_removed(sifted, two):
    assert sifted(two, exclude=["bed"]) == (["bath"], [("bed", "excluded", [])])


def test_photos_that_break_the_policy_are_removed_with_the_rules(sifted, two):
    policy = {"blocked": [{"tag": "bathroom"}], "min_mean": 4}

    assert sifted(two, policy=policy) == (["bed"], [("bath", "policy", ["blocked", "min_mean"])])


def test_a_photo_that_is_excluded_is_not_judged_as_well(sifted, two):
    assert sifted(two, policy={"min_mean": 4}, exclude=["bath"])[1] == [("bath", "excluded", [])]


def test_pixels_are_those_of_the_look_and_a_photo_without_one_does_not_pass(sifted, two, picture):
    looks = {"bed": look_at(picture(size=(64, 48)))}

    enough = sifted(two, looks, policy={"min_pixels": 64 * 48})
    too_few = sifted(two, looks, policy={"min_pixels": 64 * 48 + 1})

    assert enough == (["bed"], [("bath", "policy", ["min_pixels"])])
    assert too_few[0] == []


def test_a_blocked_tag_that_the_tagger_does_not_know_is_the_callers_mistake(sifted, two):
    with pytest.raises(OptionError, match=r"policy: .*'sauna'.*knows: bathroom, bedroom"):
        sifted(two, policy={"blocked": [{"tag": "sauna"}]})


def test_a_policy_that_is_still_a_name_is_unknown(sifted, two):
    with pytest.raises(UnknownPolicyError, match="no policy 'feed'"):
        sifted(two, policy="feed")
