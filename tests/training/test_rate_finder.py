import json

import numpy as np
import pytest

from stayrank_common.errors import DatasetError

pytestmark = pytest.mark.keras

RATES = np.geomspace(1e-6, 1, 61)


def test_losses_that_never_fall_or_leave_at_once_have_no_rate():
    from stayrank_training.rate_finder import steepest

    with pytest.raises(DatasetError, match="falls at no"):
        steepest(RATES, list(np.linspace(1, 2, 61)))
    with pytest.raises(DatasetError, match="diverged"):
        steepest(RATES, [1.0, 2.0])


def test_the_steepest_fall_is_found_wherever_it_is():
    from stayrank_training.rate_finder import steepest

    for place in (-5, -3.5, -2):
        losses = [1 / (1 + np.exp(4 * (np.log10(rate) - place))) for rate in RATES]
        assert np.log10(steepest(RATES, losses)) == pytest.approx(place, abs=0.1)


@pytest.mark.parametrize("epochs", [0, 1])
def test_finding_a_rate_leaves_a_plot_and_the_folder_free_for_any_recipe(
    tagger_recipe, dataset, tmp_path, epochs
):
    from stayrank_training.preparing import prepare
    from stayrank_training.rate_finder import find_rate
    from stayrank_training.tagging import setup

    recipe = tagger_recipe(**{"finetune.epochs": epochs, "finetune.batch_size": 8})

    finding = find_rate(prepare(setup(recipe, dataset), tmp_path / "run", trial=True), steps=30)

    assert 1e-6 <= finding.suggestion <= 1
    written = json.loads((tmp_path / "run" / "learning_rate.json").read_text())
    assert written["suggestion"] == finding.suggestion
    assert (tmp_path / "run" / "learning_rate.png").is_file()
    assert not (tmp_path / "run" / "recipe.resolved.toml").exists()
