import re

import pytest

from stayrank_gallery.audit import Audit, Rule


@pytest.fixture
def easy(tmp_path_factory):
    """A pack that small pictures pass."""
    path = tmp_path_factory.mktemp("packs") / "easy.toml"
    path.write_text('title = "Easy"\nabout = "Modelled on nothing."\n[gallery]\nmin_photos = 2')
    return path


def test_json_is_the_http_schema_and_a_failed_audit_exits_1(stayrank, gallery):
    outcome = stayrank("audit", gallery, "--json")

    answer = Audit.model_validate_json(outcome.out)
    rules = {finding.rule: finding.photos for finding in answer.findings}
    assert outcome.code == 1
    assert outcome.err == ""
    assert answer.pack == "default"
    assert rules[Rule.UNREADABLE] == [str(gallery / "broken.jpg")]
    assert len(rules[Rule.TOO_SMALL]) == 4


def test_the_table_tells_findings_and_what_to_replace_first(stayrank, gallery):
    outcome = stayrank("audit", gallery, "--pack", "real_estate")

    assert "Too few photos" in outcome.out
    assert re.search(r"Replace 1: \S+", outcome.out)
    assert re.search(r"Failed \(Real-estate portal\); errors: [1-9]", outcome.out)


def test_a_pack_of_ones_own_may_pass(stayrank, gallery, easy):
    (gallery / "broken.jpg").unlink()

    outcome = stayrank("audit", gallery, "--pack", easy)

    assert outcome.code == 0
    assert outcome.out == "Passed (Easy); errors: 0, warnings: 0\n"


def test_the_page_shows_what_to_replace_and_refers_to_nothing_outside(
    stayrank, gallery, tmp_path_factory
):
    page = tmp_path_factory.mktemp("out") / "audit.html"

    outcome = stayrank("audit", gallery, "--html", page)

    html = page.read_text()
    assert f"Wrote {page}" in outcome.err.splitlines()
    assert html.count('src="data:image/jpeg;base64,') == 4
    assert "broken.jpg" in html
    assert not re.search(r'(?:src|href)="(?!data:)', html)


def test_an_unknown_pack_is_an_error_of_one_line(stayrank, gallery):
    outcome = stayrank("audit", gallery, "--pack", "lavish")

    assert outcome.code == 1
    assert outcome.err.startswith("error: pack: there is no pack 'lavish'; there are: ")
    assert outcome.err.count("\n") == 1


def test_a_wrong_key_is_named_with_its_file(stayrank, gallery, easy):
    easy.write_text(easy.read_text() + "\nmin_photo = 2")

    outcome = stayrank("audit", gallery, "--pack", easy)

    assert outcome.code == 1
    assert f"{easy}: not a rule pack: gallery: there is no key 'min_photo'; did" in outcome.err
