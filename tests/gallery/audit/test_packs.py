import pytest

from stayrank_common.errors import ConfigurationError
from stayrank_common.tags import TAGS
from stayrank_gallery.audit import Packs, Rule, Severity, load_packs, read_pack

PACKS = load_packs()


def test_there_are_several_packs_and_the_default_is_first():
    listed = Packs.of(PACKS).packs

    assert len(listed) >= 4
    assert listed[0].name == "default"


@pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)
def test_a_packaged_pack_says_what_it_is_modelled_on_and_asks_for_areas_that_there_are(pack):
    named = {area for rule in pack.areas for area in rule.any_of}
    named |= {*pack.cover.areas, *pack.cover.not_areas}

    assert "odelled on" in pack.about
    assert pack.areas
    assert named <= set(TAGS)


def test_a_pack_may_weigh_rules_otherwise(pack):
    rules = pack(severity={"duplicate": "error", "too_small": "warning"}).pack

    assert rules.severity_of(Rule.DUPLICATE) is Severity.ERROR
    assert rules.severity_of(Rule.TOO_SMALL) is Severity.WARNING
    assert rules.severity_of(Rule.UNREADABLE) is Rule.UNREADABLE.severity


def test_a_folder_adds_packs_and_overrides_packaged_ones(tmp_path):
    for name in ("default", "ours"):
        (tmp_path / f"{name}.toml").write_text(f'title = "My {name}"\nabout = "x"')

    packs = load_packs(tmp_path)

    assert set(packs) == set(PACKS) | {"ours"}
    assert packs["default"].title == "My default"
    assert load_packs() == PACKS


@pytest.mark.parametrize(
    ("rules", "complaint"),
    [
        ("[photo]\nmin_sharpnes = 1", r"photo: there is no key 'min_sharpnes'; did you mean"),
        ("[photo]\nmin_mean = 11", r"photo\.min_mean: .*less than or equal to 10"),
        ("[[areas]]\nany_of = []", r"areas\.0\.any_of: .*at least 1 item"),
        ('[severity]\nblury = "error"', r"severity\.blury.*'blurred'"),
        ('[severity]\nblurred = "bad"', r"severity\.blurred: .*'error' or 'warning'"),
    ],
)
def test_a_wrong_key_or_value_is_refused_by_file_and_key(tmp_path, rules, complaint):
    path = tmp_path / "mine.toml"
    path.write_text(f'title = "Mine"\nabout = "x"\n{rules}')

    with pytest.raises(ConfigurationError, match=rf"mine\.toml: not a rule pack: {complaint}"):
        read_pack(path)
