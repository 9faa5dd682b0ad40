"""What every shipped model must do, on the sample photos and with both runtimes."""

from pathlib import Path

import numpy as np
import pytest

from stayrank_common.images import open_image
from stayrank_models.artifacts import GOLDEN, RATING_LABELS, find, shipped
from stayrank_models.engines import open_engine
from stayrank_models.engines.part import part_of
from stayrank_models.golden import check_golden

SAMPLES = Path(__file__).parents[2] / "samples" / "miramar"
MODELS = [pytest.param(a, id=a.manifest.name) for a in shipped()]


def _pixels(artifact) -> np.ndarray:
    paths = sorted(SAMPLES.glob("*.jpg"))
    return np.stack([open_image(p, artifact.manifest.preprocessing).pixels for p in paths])


def test_the_two_models_of_the_services_are_shipped():
    assert find("tagger-mobilenet").manifest.task == "tagging"
    assert find("nima-mobilenet").manifest.task == "aesthetics"


@pytest.mark.keras
@pytest.mark.parametrize("artifact", MODELS)
def test_both_runtimes_agree(artifact):
    pixels = _pixels(artifact)

    both = [open_engine(artifact, runtime).predict(pixels) for runtime in ("keras", "openvino")]

    sizes = artifact.manifest.distributions
    for index, size in enumerate(sizes):
        one, other = (part_of(outputs, sizes, index).probabilities for outputs in both)
        if size == len(RATING_LABELS):
            ratings = np.arange(1, 11)
            np.testing.assert_allclose(one @ ratings, other @ ratings, atol=0.02)
        else:
            assert one.argmax(axis=1).tolist() == other.argmax(axis=1).tolist()
            np.testing.assert_allclose(one, other, atol=0.01)


@pytest.mark.parametrize("artifact", MODELS)
def test_the_golden_values_hold(artifact):
    assert len(check_golden(artifact, open_engine(artifact, "openvino"), SAMPLES)) >= 5


@pytest.mark.parametrize("artifact", MODELS)
def test_the_card_says_what_it_was_measured_on_and_whom_to_credit(artifact):
    card = artifact.card()

    assert card.startswith("---\nlicense: ")
    task = artifact.manifest.task
    assert task == "aesthetics" or "Google" in card
    assert task == "tagging" or "idealo" in card
    assert "appear nowhere in training" in card
    if task != "tagging":
        assert "vision-language model" in card


@pytest.mark.parametrize("artifact", MODELS)
def test_a_model_is_small(artifact):
    assert max(path.stat().st_size for path in artifact.folder.rglob("*")) < 8e6
    assert GOLDEN in artifact.manifest.files
