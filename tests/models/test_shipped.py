"""What every shipped model must do, on the sample photos and with both runtimes."""

import functools
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from stayrank_common.images import open_image
from stayrank_models.artifacts import GOLDEN, find, shipped
from stayrank_models.engines import open_engine
from stayrank_models.engines.part import part_of
from stayrank_models.engines.precisions import native_precisions
from stayrank_models.golden import check_golden
from stayrank_models.manifests import RATING_LABELS
from stayrank_training.evaluation.parity import AT_MOST, misses, parity

SAMPLES = Path(__file__).parents[2] / "samples" / "miramar"
MODELS = [pytest.param(a, id=a.manifest.name) for a in shipped()]


def _pixels(artifact, photos=(), *, exact=False) -> np.ndarray:
    size = artifact.manifest.preprocessing
    photos = photos or sorted(SAMPLES.glob("*.jpg"))
    return np.stack([open_image(photo, size, exact=exact).pixels for photo in photos])


@functools.cache
def _views() -> list[bytes]:
    """Each sample whole and in five crops, some mirrored: the ranks of a few photos say little."""
    views = []
    for path in sorted(SAMPLES.glob("*.jpg")):
        views.append(path.read_bytes())
        with Image.open(path) as photo:
            width, height = photo.size
            for number, (x, y) in enumerate([(0, 0), (0.2, 0), (0, 0.2), (0.2, 0.2), (0.1, 0.1)]):
                box = (x * width, y * height, (x + 0.8) * width, (y + 0.8) * height)
                view = photo.resize(photo.size, Image.Resampling.LANCZOS, box)
                content = io.BytesIO()
                (ImageOps.mirror(view) if number % 2 else view).save(content, "JPEG", quality=90)
                views.append(content.getvalue())
    return views


def _precisions(artifact) -> list:
    """Those that the artifact offers and that this processor is made for."""
    return ["f32", *(p for p in native_precisions() if p in artifact.manifest.precisions)]


def test_the_models_of_the_services_and_the_one_for_both_are_shipped():
    assert find("tagger-mobilenet").manifest.task == "tagging"
    assert find("nima-mobilenet").manifest.task == "aesthetics"
    assert find("duo-mobilenet").manifest.task == "duo"


def test_answers_of_a_model_say_how_alike_its_embeddings_of_copies_are_if_not_as_usual():
    assert find("tagger-mobilenet").info.duplicate_threshold is None
    assert find("duo-mobilenet").part("tagging").info.duplicate_threshold == 0.93
    assert "duplicate_threshold" not in find("tagger-mobilenet").info.model_dump()


@pytest.mark.keras
@pytest.mark.parametrize("artifact", MODELS)
def test_both_runtimes_agree(artifact):
    pixels = _pixels(artifact)

    both = [
        open_engine(artifact, runtime, precision="f32").predict(pixels)
        for runtime in ("keras", "openvino")
    ]

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
def test_the_golden_values_hold_in_every_precision_that_runs_here(artifact):
    for precision in _precisions(artifact):
        engine = open_engine(artifact, "openvino", precision=precision)
        assert len(check_golden(artifact, engine, SAMPLES)) >= 5


@pytest.mark.parametrize("artifact", MODELS)
def test_each_faster_precision_and_the_scaled_decode_agree_with_the_exact_way_on_the_samples(
    artifact,
):
    """Without labels, and each by itself; the gate needs the test photos: `make parity`."""
    engines = {
        precision: open_engine(artifact, "openvino", precision=precision)
        for precision in _precisions(artifact)
    }
    full = _pixels(artifact, _views(), exact=True)
    exact = engines["f32"].predict(full)
    ways = {precision: engine.predict(full) for precision, engine in engines.items()}
    ways["scaled"] = engines["f32"].predict(_pixels(artifact, _views()))
    truth = exact.probabilities[:, : len(artifact.manifest.labels)].argmax(axis=1)
    ratings = exact.probabilities[:, -len(RATING_LABELS) :]  # no tagger is judged by them

    for way, fast in ways.items():
        figures = parity(artifact.manifest, exact, fast, truth, ratings)
        agreement = {name: x for name, x in figures.items() if not name.endswith("_loss")}
        assert misses(agreement) == [], way


@pytest.mark.parametrize("artifact", MODELS)
def test_what_a_manifest_records_of_a_precision_passes_the_gate(artifact):
    assert artifact.manifest.precisions
    for figures in artifact.manifest.precisions.values():
        assert AT_MOST.keys() & figures.keys()
        assert misses(figures) == []


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
    assert max(path.stat().st_size for path in artifact.folder.rglob("*")) < 11e6
    assert GOLDEN in artifact.manifest.files
