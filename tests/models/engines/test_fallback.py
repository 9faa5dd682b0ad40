import importlib.util
import logging
import shutil

import pytest

from stayrank_common.errors import ArtifactError, ConfigurationError
from stayrank_models.artifacts import OPENVINO, OPENVINO_INT8, WEIGHTS, Artifact
from stayrank_models.engines import open_engine, precisions
from stayrank_models.sealing import seal

pytestmark = pytest.mark.keras  # its fixture exports a Keras model

INT8 = (OPENVINO_INT8, OPENVINO_INT8.replace(".xml", ".bin"))


@pytest.fixture
def folder(tiny_artifact, tmp_path):
    """A copy of an artifact, to break."""
    return shutil.copytree(tiny_artifact.folder, tmp_path / "copy")


@pytest.fixture
def without(monkeypatch):
    """Hide an installed package: `without("openvino")`."""
    found = importlib.util.find_spec

    def hide(*packages):
        monkeypatch.setattr(
            importlib.util, "find_spec", lambda name: None if name in packages else found(name)
        )

    return hide


@pytest.fixture
def avx2(monkeypatch, tmp_path):
    """A processor that has neither VNNI nor BF16."""
    path = tmp_path / "cpuinfo"
    path.write_text("flags\t\t: fpu avx avx2 fma\n")
    monkeypatch.setattr(
        "stayrank_models.engines.openvino.native_precisions",
        lambda: precisions.native_precisions(path),
    )


def _cut(folder, name):
    """Shorten a file, and let the manifest pin what is left of it."""
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])
    return seal(folder, Artifact(folder).manifest, (name,))


@pytest.mark.parametrize("name", [OPENVINO, OPENVINO.replace(".xml", ".bin")])
def test_a_truncated_graph_is_refused_whatever_its_checksum(folder, name):
    with pytest.raises(ArtifactError, match=r"model\.xml"):
        open_engine(_cut(folder, name), "openvino")


@pytest.mark.parametrize("name", [OPENVINO, OPENVINO.replace(".xml", ".bin")])
def test_keras_answers_for_a_broken_graph_where_that_is_configured_and_says_so(
    folder, photos, caplog, name
):
    broken = _cut(folder, name)

    with caplog.at_level(logging.WARNING):
        engine = open_engine(broken, "openvino", fallback=True)

    assert engine.description["runtime"].startswith("keras (")
    assert "model.xml" in engine.description["fallback"]
    assert "falling back" in caplog.text
    assert engine.predict(photos).probabilities.shape == (7, 8)


def test_the_exact_graph_answers_for_a_broken_int8_graph(folder, photos):
    for name, source in zip(INT8, (OPENVINO, OPENVINO.replace(".xml", ".bin")), strict=True):
        shutil.copy(folder / source, folder / name)
    whole = seal(folder, Artifact(folder).manifest, INT8)
    recorded = whole.manifest.model_copy(update={"precisions": {"int8": {}}})
    seal(folder, recorded, ())
    (folder / OPENVINO_INT8).write_bytes(b"altered")
    if "int8" not in precisions.native_precisions():
        pytest.skip("this processor is not made for int8")

    with pytest.raises(ArtifactError, match="sha256"):
        open_engine(Artifact(folder))

    engine = open_engine(Artifact(folder), fallback=True)
    assert engine.description["runtime"] == "openvino"
    assert engine.description["precision"] == "f32"
    assert "int8.xml: sha256" in engine.description["fallback"]
    assert len(engine.predict(photos[:1], feature_map=True).feature_map) == 1
    assert engine.batch_size == 4


def test_without_any_runtime_that_works_nothing_answers(folder):
    _cut(folder, OPENVINO)
    (folder / WEIGHTS).write_bytes(b"altered")

    with pytest.raises(ArtifactError, match=r"(?s)model\.xml.*model\.weights\.h5"):
        open_engine(Artifact(folder), "openvino", fallback=True)


def test_openvino_that_is_asked_for_and_not_installed_is_an_error_with_what_to_do(
    tiny_artifact, without
):
    without("openvino")

    with pytest.raises(ArtifactError, match=r"pip install 'stayrank\[openvino\]'"):
        open_engine(tiny_artifact, "openvino")

    engine = open_engine(tiny_artifact, "openvino", fallback=True)
    assert "openvino is not installed" in engine.description["fallback"]


def test_auto_without_openvino_is_keras_by_definition_and_no_fallback(tiny_artifact, without):
    without("openvino")

    description = open_engine(tiny_artifact).description

    assert description["runtime"].startswith("keras (")
    assert "fallback" not in description


def test_a_gpu_that_is_missing_is_replaced_only_where_that_is_configured(tiny_artifact):
    with pytest.raises(ConfigurationError, match="needs a GPU"):
        open_engine(tiny_artifact, "keras-gpu")

    engine = open_engine(tiny_artifact, "keras-gpu", fallback=True)
    assert engine.description["runtime"] == "openvino"
    assert "needs a GPU" in engine.description["fallback"]


def test_a_processor_without_avx_512_computes_in_float32_and_says_why(tiny_artifact, avx2):
    offering = tiny_artifact.offering("bf16")

    description = open_engine(offering, "openvino").description
    assert description["precision"] == "f32"
    assert "this processor" in description["why"]

    with pytest.raises(ConfigurationError, match="this processor is not made for"):
        open_engine(offering, "openvino", precision="bf16")
    stand_in = open_engine(offering, "openvino", precision="bf16", fallback=True)
    assert "not made for" in stand_in.description["fallback"]


def test_the_wish_for_a_precision_that_was_not_judged_is_refused(tiny_artifact):
    with pytest.raises(ConfigurationError, match="evaluate parity"):
        open_engine(tiny_artifact, "openvino", precision="int8")
