import pytest

from stayrank_common.tags import TAGS


@pytest.fixture
def recipe(tmp_path):
    path = tmp_path / "recipe.toml"
    path.write_text(
        'name = "tiny"\nphotos = "."\nfolds = 2\n'
        '[start]\nweights = "random"\noptions = {alpha = 0.25}\n'
        "[preprocessing]\nwidth = 32\nheight = 32\n[head]\nepochs = 20\nlearning_rate = 0.01\n"
    )
    return path


@pytest.fixture
def data(tmp_path, picture):
    """Four photos a class to learn from and one to test on; each class has its own noise."""
    for index, tag in enumerate((*TAGS, "other")):
        for number in range(5):
            split = "test" if number == 4 else "train"
            path = tmp_path / "data" / split / tag / f"{number}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(picture(seed=index, size=(60 + number, 40)))
    return tmp_path / "data"


@pytest.mark.keras
def test_an_unknown_key_is_one_line_and_exit_1(stayrank, recipe, tmp_path):
    outcome = stayrank(
        "train", "tagger", recipe, "--data", tmp_path, "--out", tmp_path, "--set", "head.epoch=2"
    )

    assert outcome.code == 1
    assert outcome.err.count("\n") == 1
    assert "unknown key 'head.epoch'" in outcome.err


@pytest.mark.keras
def test_a_rate_is_suggested_then_a_tagger_trained_in_the_same_folder(
    stayrank, recipe, data, tmp_path
):
    out = tmp_path / "run"
    common = ("train", "tagger", recipe, "--data", data, "--out", out)

    found = stayrank(*common, "--find-lr")
    trained = stayrank(*common, "--set", "seed=1")
    other = stayrank(*common, "--set", "seed=2")

    assert found.code == 0, found.err
    assert "suggested: --set head.learning_rate=" in found.out
    assert trained.code == 0, trained.err
    assert f"artifact: {out / 'artifact' / 'tiny' / '1.0.0'}" in trained.out
    assert "left out (in a split that is not learnt from): 9 photos" in trained.out
    assert "━" not in trained.err  # no progress bar in a pipe
    assert other.code == 1
    assert "(seed changed)" in other.err
