import shutil

import numpy as np
import pytest
from PIL import Image

from stayrank_common.errors import ArtifactError, ConfigurationError
from stayrank_models.artifacts import OPENVINO_INT8, Artifact
from stayrank_models.engines import open_engine
from stayrank_models.engines.precisions import native_precisions
from stayrank_models.quantizing import EXACT_CONVOLUTIONS, quantize

pytestmark = pytest.mark.keras  # its fixture exports a Keras model


@pytest.fixture
def paths(tmp_path, photos):
    """The photos as files."""
    found = []
    for number, pixels in enumerate(photos):
        found.append(tmp_path / f"{number}.png")
        Image.fromarray(pixels).save(found[-1])
    return found


@pytest.fixture
def copy(tiny_artifact, tmp_path):
    return Artifact(shutil.copytree(tiny_artifact.folder, tmp_path / "copy"))


def test_the_int8_graph_answers_like_the_exact_one_and_is_offered_only_once_judged(
    copy, paths, photos
):
    pytest.importorskip("nncf", reason="nncf is not installed (the `quantize` extra)")
    import openvino as ov

    exact = open_engine(copy, "openvino", precision="f32").predict(photos, feature_map=True)

    made = quantize(copy.offering("int8"), paths)

    assert OPENVINO_INT8 in made.manifest.files
    assert "int8" not in made.manifest.precisions
    graph = ov.Core().read_model(made.folder / OPENVINO_INT8)
    layers = [
        node for node in graph.get_ordered_ops() if node.get_type_name().endswith("Convolution")
    ]
    inputs = [layer.input_value(0).get_node().get_type_name() for layer in layers]
    assert "FakeQuantize" not in inputs[:EXACT_CONVOLUTIONS]
    assert set(inputs[EXACT_CONVOLUTIONS:]) == {"FakeQuantize"}
    if "int8" not in native_precisions():
        pytest.skip("this processor is not made for int8")
    engine = open_engine(made.offering("int8"), "openvino", precision="int8")
    found = engine.predict(photos, feature_map=True)
    assert engine.description["precision"] == "int8"
    # Random weights amplify what rounding does; a graph of other weights is off by 0.2.
    assert 0 < np.abs(found.probabilities - exact.probabilities).mean() < 0.06


def test_what_is_missing_is_told(copy, paths, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", {"nncf": None}.get)
    with pytest.raises(ConfigurationError, match=r"pip install 'stayrank\[quantize\]'"):
        quantize(copy, paths)

    monkeypatch.setattr("importlib.util.find_spec", lambda name: name)
    with pytest.raises(ArtifactError, match="photos to calibrate on"):
        quantize(copy, [])
