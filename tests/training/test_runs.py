import json
import platform
from importlib.metadata import version

import pytest

from stayrank_common.errors import DatasetError

pytestmark = pytest.mark.keras


@pytest.fixture
def folder(tmp_path):
    from stayrank_training.recipe import TaggerRecipe
    from stayrank_training.runs import RunFolder

    def make(data="abc", **changes):
        return RunFolder(tmp_path / "run", TaggerRecipe(name="tiny", **changes), data)

    return make


def test_the_same_run_may_go_on(folder):
    folder().claim()
    folder().claim()


def test_another_recipe_in_the_same_folder_is_told_what_differs(folder):
    folder().claim()

    with pytest.raises(DatasetError, match=r"\(folds, seed changed\)"):
        folder(seed=3, folds=3).claim()


def test_other_photos_in_the_same_folder_are_refused(folder):
    folder().claim()

    with pytest.raises(DatasetError, match="other photos"):
        folder(data="def").claim()


def test_what_was_dropped_is_kept_with_its_reason(folder):
    from stayrank_training.runs import read_dropped

    run = folder()
    run.claim()
    run.drop("cannot be decoded", 1, {"a.jpg": "not an image"})
    run.drop("of a source that weighs 0", 7)
    run.drop("nothing at all", 0)
    run.write_record()

    assert json.loads((run.folder / "run.json").read_text())["dropped"] == {
        "cannot be decoded": {"photos": 1, "files": {"a.jpg": "not an image"}},
        "of a source that weighs 0": {"photos": 7},
    }
    assert read_dropped(run.folder) == {"cannot be decoded": 1, "of a source that weighs 0": 7}


def test_the_libraries_that_are_installed_are_named_with_their_versions():
    from stayrank_training.runs import library_versions

    versions = library_versions()

    assert versions["python"] == platform.python_version()
    assert versions["numpy"] == version("numpy")
    assert versions["pillow"] == version("pillow")


def test_a_library_that_is_not_installed_is_left_out(monkeypatch):
    from stayrank_training.runs import library_versions

    monkeypatch.setattr("stayrank_training.runs._LIBRARIES", ("numpy", "no-such-library"))

    assert library_versions().keys() == {"python", "numpy"}
