"""With the shipped models, and copies that answer otherwise."""

import json
import shutil

import pytest

from stayrank_models.artifacts import DEFAULT_AESTHETIC, DEFAULT_TAGGER, find


@pytest.fixture
def renamed(tmp_path):
    """Copy a shipped model under another version: `renamed(name)` → its folder."""

    def copy(name: str):
        folder = shutil.copytree(find(name).folder, tmp_path / "models" / name)
        manifest = json.loads((folder / "manifest.json").read_text())
        manifest["version"] = "9.0.0"
        (folder / "manifest.json").write_text(json.dumps(manifest))
        return folder

    return copy


@pytest.mark.parametrize("name", [DEFAULT_AESTHETIC, DEFAULT_TAGGER])
def test_a_model_against_itself_changes_nothing(stayrank, gallery, renamed, name):
    page = gallery / "page.html"

    outcome = stayrank("models", "compare", name, renamed(name), gallery, "--json", "--html", page)

    shift = json.loads(outcome.out)
    assert outcome.code == 0
    assert (shift["photos"], len(shift["dropped"])) == (4, 1)
    assert shift["after"]["version"] == "9.0.0"
    assert shift.get("srcc", shift.get("agreement")) == pytest.approx(1)
    assert "in the place of" in page.read_text()


@pytest.mark.parametrize(
    ("name", "row"), [(DEFAULT_AESTHETIC, "rank correlation"), (DEFAULT_TAGGER, "same area")]
)
def test_the_table_names_both_versions_and_the_measures(stayrank, gallery, renamed, name, row):
    out = stayrank("models", "compare", name, renamed(name), gallery).out

    assert f"→ {name} 9.0.0 on 4 photos, 1 dropped" in out
    assert row in out


def test_models_for_different_tasks_are_refused(stayrank, gallery):
    outcome = stayrank("models", "compare", DEFAULT_TAGGER, DEFAULT_AESTHETIC, gallery)

    assert outcome.code == 1
    assert "are models for different tasks" in outcome.err


def test_a_model_that_was_altered_is_refused(stayrank, gallery, renamed):
    folder = renamed(DEFAULT_AESTHETIC)
    for weights in (folder / "openvino").glob("*.bin"):  # one for each precision
        weights.write_bytes(b"other weights")

    outcome = stayrank("models", "compare", DEFAULT_AESTHETIC, folder, gallery)

    assert outcome.code == 1
    assert "sha256 is" in outcome.err
