import pytest

from stayrank_gallery.audit import Rule, Severity, Subject
from stayrank_gallery.audit.gallery_rules import faults, lacks

TWO_BEDROOMS = {"areas": [{"any_of": ["bedroom"], "min_photos": 2}]}


def found(pack, subject):
    return [(finding.rule, finding.area) for finding in lacks(pack.pack, subject)]


def test_numbers_of_photos_are_bounded_on_both_sides(scored, pack):
    three = Subject([scored(name) for name in "abc"])

    assert found(pack(gallery={"min_photos": 4}), three) == [(Rule.TOO_FEW, None)]
    assert found(pack(gallery={"max_photos": 2}), three) == [(Rule.TOO_MANY, None)]
    assert found(pack(gallery={"min_photos": 3, "max_photos": 3}), three) == []


@pytest.mark.parametrize(
    ("second", "copies"),
    [({"tag": "exterior"}, {}), ({"rejected": True}, {}), ({}, {"b": "a"})],
    ids=["another area", "unrelated", "a copy"],
)
def test_an_area_counts_only_original_photos_that_show_it(scored, pack, second, copies):
    subject = Subject([scored("a"), scored("b", **second)], copies=copies)

    (missing,) = lacks(pack(**TWO_BEDROOMS).pack, subject)

    assert (missing.rule, missing.severity, missing.area) == (
        Rule.MISSING_AREA,
        Severity.ERROR,
        "bedroom",
    )
    assert missing.title == "Too few photos of bedroom"
    assert missing.detail == "1 photo of bedroom; at least 2"
    assert not [*lacks(pack(**TWO_BEDROOMS).pack, Subject([scored("a"), scored("b")]))]


def test_any_of_several_areas_will_do(scored, pack):
    rules = pack(areas=[{"any_of": ["bathroom", "exterior"], "severity": "warning", "note": "x"}])

    (missing,) = lacks(rules.pack, Subject([scored("a")]))

    assert missing.severity is Severity.WARNING
    assert missing.title == "No bathroom or exterior"
    assert missing.detail.endswith("(x)")
    assert found(rules, Subject([scored("a", tag="exterior")])) == []


def test_an_area_weighs_what_it_says_or_else_what_the_pack_says(scored, pack):
    rules = pack(
        areas=[{"any_of": ["bathroom"]}, {"any_of": ["exterior"], "severity": "error"}],
        severity={"missing_area": "warning"},
    )

    found = lacks(rules.pack, Subject([scored("a")]))

    assert [finding.severity for finding in found] == [Severity.WARNING, Severity.ERROR]


def test_an_area_that_the_tagger_does_not_know_is_not_called_missing(scored, pack):
    rules = pack(areas=[{"any_of": ["sauna"]}])

    assert found(rules, Subject([scored("a")])) == [(Rule.UNJUDGED, "sauna")]


def test_a_gallery_of_no_usable_photo_lacks_every_area(pack, failure):
    subject = Subject([], [failure("x")])

    assert found(pack(**TWO_BEDROOMS), subject) == [(Rule.MISSING_AREA, "bedroom")]
    assert [*faults(pack().pack, subject)] == [("x", (Rule.UNREADABLE, "made up"))]


def test_photos_that_were_not_looked_at_are_named(scored, pack):
    subject = Subject([scored("a", look=None), scored("b")])

    (finding,) = lacks(pack().pack, subject)

    assert (finding.rule, finding.photos) == (Rule.UNJUDGED, ["a"])


def test_copies_are_blamed_where_there_are_too_many(scored, pack):
    subject = Subject([scored(name) for name in "abc"], copies={"b": "a", "c": "a"})

    for most, blamed in ((0, ["b", "c"]), (1, ["b", "c"]), (2, []), (None, [])):
        rules = pack(gallery={"max_duplicates": most})
        assert [photo_id for photo_id, _ in faults(rules.pack, subject)] == blamed


@pytest.mark.parametrize(("least", "blamed"), [(0.75, []), (0.76, ["d"])])
def test_portraits_are_blamed_where_landscapes_are_too_few(scored, pack, least, blamed):
    photos = [scored(name) for name in "abc"] + [scored("d", look={"height": 1501})]
    rules = pack(gallery={"min_landscape_share": least})

    assert [photo_id for photo_id, _ in faults(rules.pack, Subject(photos))] == blamed


@pytest.mark.parametrize(("landscapes", "least"), [(9, 0.9), (8, 0.8), (7, 0.7), (6, 0.6), (0, 0)])
def test_exactly_the_share_of_landscapes_that_is_asked_for_is_enough(
    scored, pack, landscapes, least
):
    heights = [1000] * landscapes + [1501] * (10 - landscapes)
    photos = [scored(str(n), look={"height": height}) for n, height in enumerate(heights)]
    rules = pack(gallery={"min_landscape_share": least})

    assert not [*faults(rules.pack, Subject(photos))]


def test_only_the_first_photo_is_judged_as_a_cover(scored, pack):
    rules = pack(cover={"not_areas": ["bathroom"]})
    bath, bed = scored("bath", tag="bathroom"), scored("bed")

    assert [photo_id for photo_id, _ in faults(rules.pack, Subject([bath, bed]))] == ["bath"]
    assert not [*faults(rules.pack, Subject([bed, bath]))]
