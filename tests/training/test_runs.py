import json
import platform
from importlib.metadata import version

from stayrank_training.recipe import TaggerRecipe
from stayrank_training.runs import artifact_folder, library_versions, write_run

RECIPE = TaggerRecipe(name="tiny", version="2.1.0", seed=7)


def test_the_libraries_that_are_installed_are_named_with_their_versions():
    versions = library_versions()

    assert versions["python"] == platform.python_version()
    assert versions["numpy"] == version("numpy")
    assert versions["pillow"] == version("pillow")


def test_a_library_that_is_not_installed_is_left_out(monkeypatch):
    monkeypatch.setattr("stayrank_training.runs._LIBRARIES", ("numpy", "no-such-library"))

    assert library_versions().keys() == {"python", "numpy"}


def test_a_run_can_be_repeated_from_its_folder(tmp_path):
    out = tmp_path / "runs" / "1"
    run = write_run(out, RECIPE, "f" * 64, {"top1": 0.5}, {"top1": 0.75})

    assert TaggerRecipe.load(out / "recipe.resolved.toml") == RECIPE
    assert json.loads((out / "metrics.json").read_text()) == {
        "test": {"top1": 0.5},
        "validation": {"top1": 0.75},
    }
    assert json.loads((out / "run.json").read_text()) == {
        "libraries": library_versions(),
        "data_sha256": "f" * 64,
    }
    assert (run.folder, run.metrics) == (out, {"top1": 0.5})


def test_an_artifact_lies_where_its_name_and_version_say(tmp_path):
    run = write_run(tmp_path, RECIPE, "", {}, {})

    assert run.artifact == artifact_folder(tmp_path, RECIPE)
    assert run.artifact.relative_to(tmp_path).parts == ("artifact", "tiny", "2.1.0")


def test_a_second_run_into_the_same_folder_replaces_the_records(tmp_path):
    write_run(tmp_path, RECIPE, "", {"top1": 0.5}, {})
    write_run(tmp_path, RECIPE, "", {"top1": 0.6}, {})

    assert json.loads((tmp_path / "metrics.json").read_text())["test"] == {"top1": 0.6}
