from hypothesis import given
from hypothesis import strategies as st

from stayrank_gallery.audit import NamedPack, Rule, Severity, Subject, audit, load_packs

RULES = {
    "photo": {"min_mean": 4, "min_sharpness": 1, "min_long_edge": 1000},
    "gallery": {"min_photos": 2},
}


def test_a_gallery_without_faults_passes(scored, pack):
    answer = audit(pack(**RULES), Subject([scored("a"), scored("b")]))

    assert (answer.passed, answer.findings, answer.replace_first) == (True, [], [])
    assert (answer.pack, answer.cover) == ("test", "a")


def test_warnings_alone_do_not_fail_and_stand_after_errors(scored, pack, failure):
    dull = [scored("a", mean=3), scored("b")]

    warned = audit(pack(**RULES), Subject(dull))
    failed = audit(pack(**RULES), Subject(dull, [failure("broken")]))

    assert warned.passed
    assert [finding.rule for finding in warned.findings] == [Rule.POOR]
    assert not failed.passed
    assert [finding.rule for finding in failed.findings] == [Rule.UNREADABLE, Rule.POOR]
    assert failed.findings[0].detail == "1 of 3; broken: made up"


def test_a_finding_names_all_its_photos_and_tells_one_of_them(scored, pack):
    dull = Subject([scored(name, mean=3) for name in "abc"])

    (finding,) = audit(pack(**RULES), dull).findings

    assert finding.photos == ["a", "b", "c"]
    assert finding.detail == "3 of 3; for example a: mean score 3.00, below 4"


def test_photos_are_replaced_by_errors_then_warnings_then_score(scored, pack, failure):
    photos = [
        scored("dull", mean=3),
        scored("duller", mean=2),
        scored("dull and blurred", mean=3.5, look={"sharpness": 0.5}),
        scored("small", mean=9, look={"width": 900, "height": 600}),
        scored("fine"),
    ]

    answer = audit(pack(**RULES), Subject(photos, [failure("broken")]))

    assert [photo.id for photo in answer.replace_first] == [
        "broken",
        "small",
        "dull and blurred",
        "duller",
        "dull",
    ]
    assert answer.replace_first[2].reasons == [
        "Blurred: sharpness 0.50, below 1",
        "Uninviting: mean score 3.50, below 4",
    ]


names = st.sampled_from(sorted(load_packs()))
looks = st.fixed_dictionaries(
    {},
    optional={
        "width": st.integers(1, 4000),
        "height": st.integers(1, 4000),
        "luminance": st.floats(0, 1),
        "sharpness": st.floats(0, 4),
        "tilt_degrees": st.none() | st.floats(-20, 20),
    },
)
facts = st.fixed_dictionaries(
    {"look": st.none() | looks},
    optional={
        "mean": st.floats(1, 10),
        "tag": st.sampled_from(["bedroom", "bathroom", "exterior"]),
        "rejected": st.booleans(),
    },
)


@given(name=names, gallery=st.lists(facts, max_size=6))
def test_whatever_the_gallery_findings_and_replacements_tell_the_same(scored, name, gallery):
    photos = [scored(f"photo {index}", **facts) for index, facts in enumerate(gallery)]

    answer = audit(NamedPack(name=name, pack=load_packs()[name]), Subject(photos))

    blamed = {i for found in answer.findings for i in found.photos if found.rule != Rule.UNJUDGED}
    assert blamed == {photo.id for photo in answer.replace_first}
    assert answer.passed == all(f.severity is Severity.WARNING for f in answer.findings)
    severities = [finding.severity for finding in answer.findings]
    assert severities == sorted(severities)  # "error" before "warning"


@given(name=names, gallery=st.lists(facts, min_size=1, max_size=5))
def test_a_photo_without_faults_more_blames_no_other(scored, name, gallery):
    rules = NamedPack(name=name, pack=load_packs()[name])
    photos = [scored(f"photo {index}", **facts) for index, facts in enumerate(gallery)]
    perfect = scored("perfect", mean=9, look={"width": 3000, "height": 2000})

    before = audit(rules, Subject(photos)).replace_first
    after = audit(rules, Subject([*photos, perfect])).replace_first

    assert {photo.id for photo in after} <= {photo.id for photo in before}
