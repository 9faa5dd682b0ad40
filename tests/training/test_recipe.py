import tomllib
from pathlib import Path

import pytest

from stayrank_common.errors import DatasetError
from stayrank_common.taxonomy import default_taxonomy
from stayrank_training.recipe import AestheticRecipe, DuoRecipe, TaggerRecipe

RECIPES = Path(__file__).parents[2] / "training" / "recipes"
KINDS = {"nima": AestheticRecipe, "duo": DuoRecipe}


@pytest.fixture
def recipe(tmp_path):
    path = tmp_path / "recipe.toml"
    path.write_text('name = "tiny"\n[head]\nepochs = 3\n')
    return path


def test_overrides_reach_nested_keys_and_plain_text_needs_no_quotes(recipe):
    overrides = ["head.learning_rate=0.5", "start.backbone=vgg16", "seed=7", "finetune.epochs=2"]

    loaded = TaggerRecipe.load(recipe, overrides)

    assert (loaded.head.epochs, loaded.head.learning_rate) == (3, 0.5)
    assert (loaded.start.backbone, loaded.seed, loaded.finetune.epochs) == ("vgg16", 7, 2)


def test_what_is_written_out_reads_back_equal(recipe, tmp_path):
    loaded = TaggerRecipe.load(
        recipe,
        ["photos='with \"quotes\"'", "source_weights.mini=0.5", "teacher.probabilities=t.npz"],
    )
    (tmp_path / "again.toml").write_text(loaded.to_toml())

    assert TaggerRecipe.load(tmp_path / "again.toml") == loaded
    assert tomllib.loads(loaded.to_toml())["head"]["epochs"] == 3


def test_a_taxonomy_is_found_beside_the_recipe_and_kept_in_what_is_written_out(recipe, tmp_path):
    (tmp_path / "areas.toml").write_text(
        '[[areas]]\nid = "bath"\nnames = { en = "bath", es = "baño" }\nthreshold = 0.5\n'
        '[[areas]]\nid = "rest"\nnames = { en = "rest" }\nfolders = ["*"]\n'
    )

    loaded = TaggerRecipe.load(recipe, ["taxonomy=areas.toml"])
    (tmp_path / "elsewhere").mkdir()
    again = tmp_path / "elsewhere" / "recipe.resolved.toml"
    again.write_text(loaded.to_toml())

    assert loaded.taxonomy.labels == ("bath", "rest")
    assert TaggerRecipe.load(again) == loaded
    assert TaggerRecipe.load(recipe).taxonomy == default_taxonomy()
    assert TaggerRecipe.load(recipe, ["taxonomy=default"]).taxonomy == default_taxonomy()
    with pytest.raises(DatasetError, match=r"none\.toml"):
        TaggerRecipe.load(recipe, ["taxonomy=none.toml"])


@pytest.mark.parametrize(
    "override",
    ["seed", "=1", "unknown=1", "head.unknown=1", "name.deep=1", "head.epochs=0", "seed=many"],
)
def test_a_bad_override_is_refused(recipe, override):
    with pytest.raises(DatasetError):
        TaggerRecipe.load(recipe, [override])


def test_what_a_recipe_can_do_without_is_switched_off_by_none(recipe):
    recipe.write_text(recipe.read_text() + "[teacher]\nprobabilities = 't.npz'\n")

    assert TaggerRecipe.load(recipe).teacher
    assert TaggerRecipe.load(recipe, ["teacher=none"]).teacher is None
    with pytest.raises(DatasetError, match="head: expected a table, got none"):
        TaggerRecipe.load(recipe, ["head=none"])


def test_an_unknown_key_is_named_in_one_line_with_what_there_is(recipe):
    for override, words in {
        "head.epoch=3": ("'head.epoch'", "'epochs'", "[head] takes: epochs, patience"),
        "augmentation.crop.scal=1": ("'augmentation.crop.scal'", "scale, aspect, probability"),
        "teacher.wieght=1": ("'teacher.wieght'", "did you mean 'weight'"),
        "sead=3": ("'sead'", "did you mean 'seed'"),
    }.items():
        with pytest.raises(DatasetError) as error:
            TaggerRecipe.load(recipe, [override])
        assert "\n" not in str(error.value)
        for word in words:
            assert word in str(error.value)


def test_the_recipe_of_another_model_names_each_key_once_and_once_what_there_is(recipe):
    with pytest.raises(DatasetError) as error:
        AestheticRecipe.load(recipe, ["balance=0.5", "corrections=c.csv", "head.folds=3"])

    assert str(error.value).count("it takes: ") == str(error.value).count("[head] takes: ") == 1
    assert "unknown key 'balance'; unknown key 'corrections'" in str(error.value)


def test_a_value_out_of_range_is_told_with_its_key(recipe):
    with pytest.raises(DatasetError, match=r"head\.epochs: .*greater than or equal to 1, got 0"):
        TaggerRecipe.load(recipe, ["head.epochs=0"])


def test_a_missing_or_malformed_file_is_refused(tmp_path):
    (tmp_path / "bad.toml").write_text("name =")

    for name in ("bad.toml", "none.toml"):
        with pytest.raises(DatasetError, match=name):
            AestheticRecipe.load(tmp_path / name)


@pytest.mark.parametrize(
    ("override", "complaint"),
    [("teacher.weight=0.3", "cross_fit"), ("cross_fit=true", "finetune.epochs")],
)
def test_a_teacher_who_is_nobody_and_folds_without_phase_two_are_refused(
    tmp_path, override, complaint
):
    (tmp_path / "r.toml").write_text('name = "tiny"\n')

    with pytest.raises(DatasetError, match=complaint):
        TaggerRecipe.load(tmp_path / "r.toml", [override])


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.toml")), ids=lambda path: path.stem)
def test_a_shipped_recipe_loads_and_states_command_cost_and_expectation(path):
    kind = KINDS.get(path.stem.partition("_")[0], TaggerRecipe)
    text = path.read_text()

    assert kind.load(path).name
    for word in ("# Command ", "# Cost ", "# Expect "):
        assert word in text
    assert path.name in text
